"""The only writer of suspensions of one person. Branches of the invite tree: invites.services.branches."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import bans
from accounts.ban_models import BoundContact
from accounts.hooks import restored, sanctioned
from accounts.models import User
from accounts.own_data.leaving import leaving
from accounts.services import record

_SUSPENSION = "suspension "


@transaction.atomic
def suspend(user: User, *, by: User | None, reason: str = "", occasion: str = "") -> bool:
    """Keep somebody out, by every contact of theirs, and end what they are in. Whoever a measure on their branch holds can be
    suspended besides: they then stay out when it is lifted. `occasion` names one suspension of several that may hold at once.

    Returns:
        Whether they were not suspended already, on this occasion if it is named.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _suspensions(user, occasion).exists():
        return False
    cause = cause_of(occasion or timezone.now().isoformat())
    user.is_active = False
    user.save(update_fields=["is_active"])  # ends their sessions: accounts.apps
    bans.bind([user], cause)
    record("account.suspended", user.public_id, actor=by, reason=reason)
    sanctioned(user, cause)
    return True


@transaction.atomic
def restore(user: User, *, by: User | None, reason: str = "", occasion: str = "") -> bool:
    """Lift every suspension, or the one of an occasion.

    Returns:
        Whether they can come back: nothing else holds them.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _suspensions(user, occasion).delete()
    if not occasion:
        restored(user, by, reason)
    user.is_active = not bans.held([user.pk]).exists() and not leaving().filter(pk=user.pk).exists()
    user.save(update_fields=["is_active"])
    record("account.restored", user.public_id, actor=by, reason=reason)
    return user.is_active


def cause_of(occasion: str) -> str:
    """What names the measure where it is noted."""
    return f"{_SUSPENSION}{occasion}"


def _suspensions(user: User, occasion: str) -> QuerySet[BoundContact]:
    theirs = BoundContact.objects.filter(user=user, cause__startswith=_SUSPENSION)
    return theirs.filter(cause=cause_of(occasion)) if occasion else theirs
