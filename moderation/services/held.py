"""What waits for staff because of its words: kept, decided on once, and then applied where it belongs."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import contacts, outbox, renaming
from accounts import services as accounts
from accounts.models import Industry, User
from accounts.writing import language_of
from accounts.written import Place, Verdict
from moderation.models import Flag, FlagState, HeldState, HeldText
from moderation.partiality import NotYours, texts_of
from moderation.wheres import name_of
from rooms import passing
from rooms import services as rooms
from rooms.hooks import WaitingWords
from rooms.services.carrying_out import locked

_TALK = ("chat", "question")  # of these many may wait in one place, each with an id of its own
_OF_A_LIVE_ROOM = (*_TALK, "hand.line", "link.title")
_TOLD_BY_MAIL = ("profile.", "room.", "topic.")


@transaction.atomic
def hold_text(place: Place, text: str, before: str, verdict: Verdict) -> HeldText:
    """Keep what was written until staff have decided. It replaces what waited in the same place; the same once more changes
    nothing."""
    waiting = HeldText.objects.filter(where=place.where, target=place.target, state=HeldState.WAITING)
    same = waiting.filter(text=text).first()
    if same is not None:
        return same
    waiting.update(state=HeldState.WITHDRAWN, decided_at=timezone.now(), text="", before="")
    return HeldText.objects.create(
        where=place.where,
        target=place.target,
        room=place.room,
        participant=place.participant,
        user=place.by,
        language=place.language,
        before=before,
        text=text,
        because=verdict.because,
    )


def withdraw_held(where: str, target: str) -> bool:
    """It is not wanted any more by who wrote it.

    Returns:
        Whether something waited there.
    """
    waiting = HeldText.objects.filter(where=where, target=target, state=HeldState.WAITING)
    return bool(waiting.update(state=HeldState.WITHDRAWN, decided_at=timezone.now(), text="", before=""))


@transaction.atomic
def decide_held(held: HeldText, *, by: User, approved: bool, reason: str = "") -> bool:
    """Let it stand where it was meant to, or not. Who wrote it hears of it.

    Returns:
        Whether it was still waiting.

    Raises:
        NotYours: it is one's own, or of a room that one runs.
    """
    _lock_where_it_stands(held)
    held = HeldText.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if held.state != HeldState.WAITING:
        return False
    if texts_of(by, [held]):
        raise NotYours
    if approved:
        _APPLY[held.where](held)
    else:
        _take_away(held)
    held.state = HeldState.APPROVED if approved else HeldState.REJECTED
    held.decided_by, held.decided_at, held.reason = by, timezone.now(), reason[:300]
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    accounts.record(f"held.{held.state}", held.public_id, actor=by, reason=reason)
    _tell(held)
    return True


def _lock_where_it_stands(held: HeldText) -> None:
    """First, as whoever writes there does before they touch what waits: the room, or the account."""
    if held.room is not None:
        locked(held.room.public_id)
    elif held.user is not None:
        renaming.lock(held.user)


def waiting_in(room_public_id: str, person: str) -> list[WaitingWords]:
    """What somebody in a room wrote there that waits. Where names are not kept, whose it is the cache knows for a while."""
    waiting = HeldText.objects.filter(
        room__public_id=room_public_id, where__in=_TALK, state=HeldState.WAITING
    ).select_related("participant")
    return [
        WaitingWords(held.target, held.where, held.text, held.at)
        for held in waiting
        if (held.participant.public_id if held.participant else passing.author_of(held.target)) == person
    ]


def take_back(room_public_id: str, person: str, written: str) -> bool:
    """Who wrote something that waits takes it back.

    Returns:
        Whether it was theirs, and waited.
    """
    mine = {words.id: words.kind for words in waiting_in(room_public_id, person)}
    return written in mine and withdraw_held(mine[written], written)


def waiting_words_of(user: User) -> list[tuple[str, str]]:
    """What somebody wrote beside the talk of rooms that waits: where, in words, and what."""
    waiting = HeldText.objects.filter(user=user, state=HeldState.WAITING).exclude(where__in=_TALK)
    return [(name_of(held.where), held.text) for held in waiting]


def empty_old() -> int:
    """Forget the words that were decided on some time ago, those of flags that were nothing too, and what nobody decided on
    while the room's talk was kept.

    Returns:
        How many.
    """
    since = timezone.now() - timedelta(days=settings.CHAT_DAYS)
    late = HeldText.objects.filter(where__in=_OF_A_LIVE_ROOM, state=HeldState.WAITING, at__lt=since)
    late.update(state=HeldState.WITHDRAWN, decided_at=since)
    nothing = Flag.objects.filter(state=FlagState.DISMISSED, decided_at__lte=since).exclude(excerpt="")
    old = HeldText.objects.filter(decided_at__lte=since).exclude(text="", before="")
    return nothing.update(excerpt="") + old.update(text="", before="")


# --- Applying -------------------------------------------------------------------------------------------------------


def _profile(field: str) -> Callable[[HeldText], None]:
    def apply(held: HeldText) -> None:
        if held.user is not None:
            accounts.set_profile_words(held.user, field, held.text)

    return apply


def _room(field: str) -> Callable[[HeldText], None]:
    def apply(held: HeldText) -> None:
        rooms.set_room_words(held.target, field, held.text)

    return apply


def _topic(held: HeldText) -> None:
    industry = Industry.objects.filter(pk=held.target.rpartition(".")[2]).first()
    if industry is not None and held.user is not None:
        rooms.make_topic(name=held.text, industry=industry, by=held.user)


def _said(held: HeldText) -> None:
    if held.room is not None:
        rooms.say_approved(held.room.public_id, held.target, held.text, held.participant)


def _asked(held: HeldText) -> None:
    if held.room is not None:
        rooms.ask_approved(held.room.public_id, held.target, held.text, held.participant)


def _hand(held: HeldText) -> None:
    if held.room is not None and held.participant is not None:
        rooms.set_hand_line(held.room.public_id, held.participant, held.text)


def _take_away(held: HeldText) -> None:
    """The page of who wrote it shows it no more."""
    if held.room is None:
        return
    if held.where in _TALK:
        rooms.drop_waiting(held.room.public_id, held.target)
    elif held.where == "hand.line" and held.participant is not None:
        rooms.drop_hand_line(held.room.public_id, held.participant)


_APPLY: dict[str, Callable[[HeldText], None]] = {
    **{f"profile.{field}": _profile(field) for field in ("headline", "organisation", "bio", "expertise", "links")},
    "room.title": _room("title"),
    "room.description": _room("description"),
    "link.title": _room("link_title"),
    "topic.name": _topic,
    "chat": _said,
    "question": _asked,
    "hand.line": _hand,
}


def _tell(held: HeldText) -> None:
    user = held.user
    if user is None or not user.is_active or not held.where.startswith(_TOLD_BY_MAIL):
        return
    with translation.override(language_of(user)):
        facts = {"where": name_of(held.where), "text": held.text, "reason": held.reason}
        if held.state == HeldState.APPROVED:
            subject = _("What you wrote in MiTalk is shown now")
            text = (
                _("MiTalk’s staff have looked at what you wrote (%(where)s), and it is shown now:\n\n%(text)s") % facts
            )
        else:
            subject = _("What you wrote in MiTalk is not shown")
            text = (
                _("MiTalk’s staff did not accept what you wrote (%(where)s):\n\n%(text)s\n\nTheir reason: %(reason)s")
                % facts
            )
    outbox.post(
        contacts.email(user.email), kind="text_decided", occasion=f"text {held.public_id}", subject=subject, text=text
    )
