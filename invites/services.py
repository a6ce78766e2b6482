"""The only writer of invites. Redeeming is one conditional update: of fifty who race for a seat, one row changes once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, normalised_email
from accounts.services import record
from invites.codes import as_typed, hashes, new_code
from invites.errors import MISTYPED, WRONG_ADDRESS, InviteRefused
from invites.models import Invite, InviteState, Redemption
from rooms.models import Room


def usual_expiry() -> datetime:
    """When an invite expires that is made now and says nothing else."""
    return timezone.now() + timedelta(days=settings.INVITE_LIFETIME_DAYS)


@transaction.atomic
def create_invite(
    *,
    sponsor: User | None = None,
    email: str = "",
    room: Room | None = None,
    note: str = "",
    seats: int = 1,
    expires_at: datetime | None = None,
    by: User | None = None,
) -> tuple[Invite, str]:
    """A new invite and its code, which can never be read again. `by` is the member of staff who makes it, if one does."""
    code = new_code()
    invite = Invite(
        code_hash=hashes(code)[0],
        sponsor=sponsor,
        email=normalised_email(email),
        room=room,
        note=note,
        seats=seats,
        expires_at=expires_at or usual_expiry(),
    )
    invite.full_clean(exclude=["code_hash"])
    invite.save()
    record("invite.created", invite.public_id, actor=by)
    return invite, code


def send_invite(invite: Invite, link: str) -> None:
    """Mail the link to the address that the invite is bound to."""
    context = {"invite": invite, "link": link, "sponsor": invite.sponsor}
    send_mail(_("You are invited to MiTalk"), render_to_string("invites/mail.txt", context), None, [invite.email])


@transaction.atomic
def revoke(invite: Invite, *, by: User | None = None, reason: str = "") -> None:
    """Withdraw an invite; those who came by it stay."""
    if Invite.objects.filter(pk=invite.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record("invite.revoked", invite.public_id, actor=by, reason=reason)


def find(code: str) -> Invite:
    """The invite of a code, whatever it is good for.

    Raises:
        InviteRefused: `invite_unknown`.
    """
    plain = as_typed(code)
    invite = (
        Invite.objects.select_related("sponsor__profile", "room__topic").filter(code_hash__in=hashes(plain)).first()
        if plain
        else None
    )
    if invite is None:
        raise InviteRefused(MISTYPED)
    return invite


def find_redeemable(code: str) -> Invite:
    """The invite of a code, if it lets somebody in now.

    Raises:
        InviteRefused: `invite_unknown`, `invite_expired`, `invite_revoked`, `invite_used`.
    """
    invite = find(code)
    state = invite.state()
    if state is not InviteState.OPEN:
        raise InviteRefused(state.value)
    return invite


def redeem(invite: Invite, user: User) -> None:
    """Take one seat for a new account. Call it in the transaction that creates the account, so that both commit or neither.

    Raises:
        InviteRefused: `invite_expired`, `invite_revoked`, `invite_used`, `invite_for_another`; the caller's transaction
            must be rolled back.
    """
    if invite.email and invite.email != normalised_email(user.email):
        raise InviteRefused(WRONG_ADDRESS)
    taken = Invite.objects.redeemable().filter(pk=invite.pk).update(seats_taken=F("seats_taken") + 1)
    if taken != 1:
        invite.refresh_from_db()
        state = invite.state()
        raise InviteRefused(InviteState.USED.value if state is InviteState.OPEN else state.value)
    Redemption.objects.create(invite=invite, user=user)
    User.objects.filter(pk=user.pk).update(sponsor=invite.sponsor)


@transaction.atomic
def give_back(user: User) -> None:
    """Undo a sign-up whose address was never proven: the account is gone, and the seat is free for another try."""
    redemption = Redemption.objects.filter(user=user).first()
    if redemption is not None:
        Invite.objects.filter(pk=redemption.invite_id, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)
    user.delete()


def expire_invites(now: datetime | None = None) -> int:
    """Mark the invites whose time is over, once each, so that lists and counts need not compute it.

    Returns:
        How many were marked by this call.
    """
    now = now or timezone.now()
    return Invite.objects.filter(expires_at__lte=now, expired_at=None, revoked_at=None).update(expired_at=now)
