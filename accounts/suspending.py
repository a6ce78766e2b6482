"""The only writer of suspensions of one person. Branches of the invite tree: invites.services.branches."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import bans
from accounts.ban_models import BoundContact
from accounts.hooks import sanctioned
from accounts.models import User
from accounts.own_data.leaving import leaving
from accounts.services import record

_SUSPENSION = "suspension "


@transaction.atomic
def suspend(user: User, *, by: User, reason: str = "") -> bool:
    """Keep somebody out, by every contact of theirs, and end what they are in. Whoever a measure on their branch holds can be
    suspended besides: they then stay out when it is lifted.

    Returns:
        Whether they were not suspended already.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _suspensions(user).exists():
        return False
    cause = f"{_SUSPENSION}{timezone.now().isoformat()}"
    user.is_active = False
    user.save(update_fields=["is_active"])  # ends their sessions: accounts.apps
    bans.bind([user], cause)
    record("account.suspended", user.public_id, actor=by, reason=reason)
    sanctioned(user, cause)
    return True


@transaction.atomic
def restore(user: User, *, by: User, reason: str = "") -> bool:
    """Lift a suspension.

    Returns:
        Whether they can come back: nothing else holds them.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _suspensions(user).delete()
    user.is_active = not bans.held([user.pk]).exists() and not leaving().filter(pk=user.pk).exists()
    user.save(update_fields=["is_active"])
    record("account.restored", user.public_id, actor=by, reason=reason)
    return user.is_active


def _suspensions(user: User) -> QuerySet[BoundContact]:
    return BoundContact.objects.filter(user=user, cause__startswith=_SUSPENSION)
