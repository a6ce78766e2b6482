"""Who comes in. Redeeming is one conditional update: of fifty who race for a seat, one row changes once."""

from typing import NoReturn

from django.db import transaction
from django.db.models import F, Q

from accounts import bans, contacts
from accounts.models import User, normalised_email
from accounts.own_phones import PhoneTaken, own_phone
from invites.codes import as_typed, hashes
from invites.errors import MISTYPED, PHONE_HAS_ACCOUNT, WRONG_ADDRESS, WRONG_PHONE, InviteRefused
from invites.models import Invite, InviteState, Redemption


def find(code: str) -> Invite:
    """The invite of a code, whatever it is good for.

    Raises:
        InviteRefused: `invite_unknown`.
    """
    plain = as_typed(code)
    return find_by_hash(hashes(plain)) if plain else _unknown()


def find_by_hash(code_hashes: list[str]) -> Invite:
    """The invite of a code of which only the keyed hash is known.

    Raises:
        InviteRefused: `invite_unknown`.
    """
    code_hashes = [code_hash for code_hash in code_hashes if code_hash]
    by_code = Q(code_hash__in=code_hashes) | Q(reminder_hash__in=code_hashes)
    invite = Invite.objects.select_related("sponsor__profile", "room__topic").filter(by_code).first()
    return invite or _unknown()


def _unknown() -> NoReturn:
    raise InviteRefused(MISTYPED)


def find_redeemable(code: str) -> Invite:
    """The invite of a code, if it lets somebody in now.

    Raises:
        InviteRefused: `invite_unknown`, `invite_expired`, `invite_revoked`, `invite_used`.
    """
    return demand_open(find(code))


def demand_open(invite: Invite) -> Invite:
    """The invite, if it lets somebody in now.

    Raises:
        InviteRefused: `invite_expired`, `invite_revoked`, `invite_used`.
    """
    state = invite.state()
    if state is not InviteState.OPEN:
        raise InviteRefused(state.value)
    if bans.is_bound(invite.contact):
        raise InviteRefused(InviteState.REVOKED.value)
    return invite


@transaction.atomic
def redeem(invite: Invite, user: User, *, phone: str = "") -> None:
    """Take one seat for a new account. Call it in the transaction that creates the account, so that both commit or neither.
    `phone` (E.164) is one that the person has proven; it becomes the account's.

    Raises:
        InviteRefused: `invite_expired`, `invite_revoked`, `invite_used`, `invite_for_another`, `invite_for_another_phone`,
            `invite_phone_has_account`; the caller's transaction must be rolled back.
    """
    if invite.email and invite.email != normalised_email(user.email):
        raise InviteRefused(WRONG_ADDRESS)
    if invite.phone_key and not (phone and invite.phone_key in contacts.phone(phone).keys):
        raise InviteRefused(WRONG_PHONE)
    if bans.is_bound(contacts.email(user.email)) or (phone and bans.is_bound(contacts.phone(phone))):
        raise InviteRefused(InviteState.REVOKED.value)  # nobody is told of a ban who was not told of it before
    if invite.sponsor_id:
        # Whoever cuts this branch off waits for us, or we for them: nobody slips in between.
        sponsor = User.objects.select_for_update(no_key=True).get(pk=invite.sponsor_id)
        if not sponsor.is_active:
            raise InviteRefused(InviteState.REVOKED.value)
    taken = Invite.objects.redeemable().filter(pk=invite.pk).update(seats_taken=F("seats_taken") + 1)
    if taken != 1:
        invite.refresh_from_db()
        state = invite.state()
        raise InviteRefused(InviteState.USED.value if state is InviteState.OPEN else state.value)
    Redemption.objects.create(invite=invite, user=user)
    User.objects.filter(pk=user.pk).update(sponsor=invite.sponsor, branch_of=invite.sponsor)
    if phone:
        try:
            own_phone(user, phone)
        except PhoneTaken as error:
            raise InviteRefused(PHONE_HAS_ACCOUNT) from error


@transaction.atomic
def give_back(user: User) -> None:
    """Undo a sign-up whose address was never proven: the account is gone, and the seat is free for another try."""
    redemption = Redemption.objects.filter(user=user).first()
    if redemption is not None:
        Invite.objects.filter(pk=redemption.invite_id, seats_taken__gt=0).update(seats_taken=F("seats_taken") - 1)
    user.delete()
