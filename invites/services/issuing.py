"""Invites are made, sent, sent again, withdrawn, and expire."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import contacts, outbox
from accounts.contacts import Contact
from accounts.models import User, normalised_email
from accounts.sealing import PHONE, seal
from accounts.services import record
from accounts.written import HOLD, Place, TextRefused, judged
from invites import words
from invites.codes import hashes, new_code
from invites.errors import ALREADY_OPEN, NOT_OPEN, SENT_TOO_OFTEN, InviteRefused
from invites.models import Invite, InviteQuerySet, InviteState
from invites.services import quota
from rooms.models import Room

MOST_SENDS = 5
_PHONE_KEPT = timedelta(days=1)
REMIND_BEFORE = timedelta(days=3)
_OWN_LIFE_AT_LEAST = timedelta(days=5)  # an invite that lives shorter needs no reminder

INVITATION = "invitation"
REMINDER = "invitation_reminder"


def usual_expiry() -> datetime:
    """When an invite expires that is made now and says nothing else."""
    return timezone.now() + timedelta(days=settings.INVITE_LIFETIME_DAYS)


@transaction.atomic
def create_invite(
    *,
    sponsor: User | None = None,
    email: str = "",
    phone: str = "",
    room: Room | None = None,
    note: str = "",
    seats: int = 1,
    expires_at: datetime | None = None,
    language: str = "",
    by: User | None = None,
    is_from_quota: bool = False,
) -> tuple[Invite, str]:
    """A new invite and its code, which can never be read again. `phone` is in E.164. `by` is who makes it: a member of staff,
    or the sponsor; None is an operator's command."""
    code = new_code()
    number = contacts.phone(phone) if phone else None
    invite = Invite(
        code_hash=hashes(code)[0],
        sponsor=sponsor,
        email=normalised_email(email),
        phone_sealed=seal(number.value, purpose=PHONE) if number else "",
        phone_key=number.key if number else "",
        phone_hint=number.hint if number else "",
        language=language or settings.LANGUAGE_CODE,
        room=room,
        note=note,
        seats=seats,
        expires_at=expires_at or usual_expiry(),
        made_by=by,
        is_from_quota=is_from_quota,
    )
    invite.full_clean(exclude=["code_hash"])
    invite.save()
    if not is_from_quota:
        record("invite.created", invite.public_id, actor=by)
    return invite, code


@transaction.atomic
def invite_somebody(sponsor: User, contact: Contact | None, *, seats: int = 1, **more: Any) -> tuple[Invite, str]:
    """A member invites: out of their quota, and sent, if it is for one address or phone.

    Raises:
        NoneLeft: the quota does not hold as many.
        InviteRefused: `invite_already_open` for the same address or phone.
        TextRefused: the lists of terms refuse the note, or would have it wait: it goes out at once.
    """
    bound: dict[str, Any] = {} if contact is None else {field_of(contact): contact.value}
    invite, code = create_invite(
        sponsor=sponsor,
        by=sponsor,
        is_from_quota=True,
        seats=seats,
        **bound,
        **more,
    )
    verdict = judged(Place("invite.note", invite.public_id, invite.language, by=sponsor), invite.note)
    if verdict.outcome == HOLD:
        raise TextRefused(verdict)
    quota.spend(sponsor, seats, cause=invite.public_id)  # holds the member's row from here on
    if contact is not None:
        if bound_to(contact).filter(sponsor=sponsor).redeemable().exclude(pk=invite.pk).exists():
            raise InviteRefused(ALREADY_OPEN)
        send(invite, code)
    return invite, code


def field_of(contact: Contact) -> str:
    """As which argument of `create_invite` a contact is given."""
    return "phone" if contact.channel is contacts.Channel.SMS else "email"


def bound_to(contact: Contact) -> InviteQuerySet:
    """The invites for an address or a phone."""
    if contact.channel is contacts.Channel.SMS:
        return Invite.objects.filter(phone_key__in=contact.keys)
    return Invite.objects.filter(email=contact.value)


@transaction.atomic
def send(invite: Invite, code: str, *, opening: str = "") -> None:
    """Send the link to whom the invite is for. Whether they want it is asked when it goes out, and told to nobody.
    `opening` takes the place of the usual first line."""
    contact = invite.contact
    assert contact is not None, "an invite for anybody is copied"
    invite.sends += 1
    invite.sent_at = timezone.now()
    invite.save(update_fields=["sends", "sent_at"])
    subject, text, headers = words.invitation(invite, contact, code, opening)
    outbox.post(
        contact,
        kind=INVITATION,
        occasion=f"{invite.public_id} {invite.sends}",
        subject=subject,
        text=text,
        headers=headers,
        good_until=invite.expires_at,
    )


@transaction.atomic
def renew(invite: Invite, *, by: User | None = None) -> str:
    """A new code for an invite; the old one, and a reminder's, is good for nothing from now on. An invite for one address or
    phone is sent again.

    Raises:
        InviteRefused: `invite_not_open`; `invite_sent_too_often`.
    """
    code = new_code()
    changed = (
        Invite.objects.redeemable()
        .filter(pk=invite.pk, code_hash=invite.code_hash)
        .update(code_hash=hashes(code)[0], reminder_hash="")
    )
    invite.refresh_from_db()
    if not changed or invite.state() is not InviteState.OPEN:
        raise InviteRefused(NOT_OPEN)
    if invite.is_bound:
        if invite.sends >= MOST_SENDS:
            raise InviteRefused(SENT_TOO_OFTEN)
        outbox.cancel(INVITATION, f"{invite.public_id} {invite.sends}")
        send(invite, code)
    record("invite.renewed", invite.public_id, actor=by)
    return code


@transaction.atomic
def revoke(invite: Invite, *, by: User | None = None, reason: str = "", at: datetime | None = None) -> None:
    """Withdraw an invite; those who came by it stay, seats that nobody took go back to the sponsor. `at` is when the measure
    was taken that does it."""
    if Invite.objects.filter(pk=invite.pk, revoked_at=None).update(revoked_at=at or timezone.now()):
        record("invite.revoked", invite.public_id, actor=by, reason=reason)
        _over(invite)


def reopen(sponsors: list[int], *, revoked_at: datetime) -> None:
    """Open again what a measure withdrew. Seats out of a quota went back to it when that happened: of them, new invites are
    made. A phone that was forgotten is not known any more."""
    withdrawn = Invite.objects.filter(sponsor__in=sponsors, revoked_at=revoked_at, is_from_quota=False)
    withdrawn.exclude(phone_sealed="", phone_key__gt="").update(revoked_at=None)


def expire_invites(now: datetime | None = None) -> int:
    """Mark the invites whose time is over, once each, so that lists and counts need not compute it.

    Returns:
        How many were marked by this call.
    """
    now = now or timezone.now()
    due = Invite.objects.filter(expires_at__lte=now, expired_at=None, revoked_at=None)
    return sum(_expire(invite, now) for invite in due[:500])


@transaction.atomic
def _expire(invite: Invite, now: datetime) -> bool:
    if not Invite.objects.filter(pk=invite.pk, expired_at=None, revoked_at=None).update(expired_at=now):
        return False
    _over(invite)
    return True


def _over(invite: Invite) -> None:
    """Nobody comes in by it any more: its row is held by this transaction, so whoever redeems waits and then sees that."""
    invite.refresh_from_db()
    quota.give_back(invite)
    outbox.cancel(INVITATION, f"{invite.public_id} {invite.sends}")
    _forget_phone(invite)


def _forget_phone(invite: Invite) -> None:
    """The number is needed no more; its keyed hash stays."""
    if invite.phone_sealed:
        Invite.objects.filter(pk=invite.pk).update(phone_sealed="")


def forget_used_phones(now: datetime | None = None) -> None:
    """Forget the numbers of invites by which somebody came; not at once, for a sign-up may be undone and tried again."""
    before = (now or timezone.now()) - _PHONE_KEPT
    used = Invite.objects.exclude(phone_sealed="").filter(redemptions__at__lt=before).values("pk")
    Invite.objects.filter(pk__in=list(used.values_list("pk", flat=True))).update(phone_sealed="")


def remind(now: datetime | None = None) -> int:
    """Remind those whose invites expire soon, once.

    Returns:
        How many.
    """
    now = now or timezone.now()
    due = (
        Invite.objects.redeemable(now)
        .filter(reminder_hash="", expires_at__lte=now + REMIND_BEFORE, sends__gt=0, seats_taken=0)
        .filter(expires_at__gte=F("created_at") + _OWN_LIFE_AT_LEAST)
        .exclude(sent_at__gt=now - REMIND_BEFORE)
        .exclude(sponsor__is_active=False)
        .select_related("sponsor__profile", "room")
    )
    return sum(_remind(invite) for invite in due[:500])


@transaction.atomic
def _remind(invite: Invite) -> bool:
    contact = invite.contact
    if contact is None:
        return False
    code = new_code()  # beside the first: whoever finds either mail gets in
    # One conditional update: of two beats, one changes the row.
    if not Invite.objects.redeemable().filter(pk=invite.pk, reminder_hash="").update(reminder_hash=hashes(code)[0]):
        return False
    subject, text, headers = words.reminder(invite, contact, code)
    outbox.post(
        contact,
        kind=REMINDER,
        occasion=invite.public_id,
        subject=subject,
        text=text,
        headers=headers,
        good_until=invite.expires_at,
    )
    return True
