"""What was spotted on stages becomes flags, and nothing else: a flag never sanctions."""

from datetime import timedelta

from django.db import transaction

from accounts import clock
from moderation.models import Flag, FlagSource, Recogniser
from moderation.services.flags import raise_flag
from rooms.audio.speech.messages import Load, Spotted
from rooms.domain.confidentiality import Kept, may_be_kept
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant

STAGE = "stage"
ONE_FLAG_SECONDS = 10  # said again so soon, or told twice by a recogniser that began anew, it is one flag
FORGOTTEN_AFTER = timedelta(days=1)  # a recogniser whose worker is gone


@transaction.atomic
def take_spotted(spotted: Spotted) -> Flag | None:
    """Put what was spotted before staff, with its moment; nothing, if that was done already."""
    # Locked, so that of two that tell the same one is first.
    participant = (
        Participant.objects.select_for_update(of=("self",))
        .select_related("room")
        .filter(public_id=spotted.person, room__public_id=spotted.room)
        .first()
    )
    if participant is None:
        return None  # erased meanwhile
    room = participant.room
    at = spotted.at_ms / 1000 - clock.ahead().total_seconds()  # by the clock of the worker's machine, where this runs
    seconds_in = max(0, int(at - room.started_at.timestamp())) if room.started_at else 0
    same = Flag.objects.filter(
        source=FlagSource.SPEECH,
        participant=participant,
        language=spotted.language,
        because=spotted.phrase[:200],
        seconds_in__range=(seconds_in - ONE_FLAG_SECONDS, seconds_in + ONE_FLAG_SECONDS),
    )
    if same.exists():
        return None
    words_are_kept = may_be_kept(Confidentiality(room.confidentiality), Kept.CHAT)
    return raise_flag(
        source=FlagSource.SPEECH,
        where=STAGE,
        because=spotted.phrase,
        room=room,
        participant=participant,
        language=spotted.language,
        excerpt=spotted.words if words_are_kept else "",
        seconds_in=seconds_in,
    )


def note_listening(worker: str, state: str, load: Load) -> None:
    """Keep how the recogniser of a worker keeps up; forget those that are gone."""
    now = clock.now()
    Recogniser.objects.update_or_create(
        worker=worker,
        defaults={
            "state": state,
            "at": now,
            "waiting_seconds": load.waiting_seconds,
            "listened_seconds": load.listened_seconds,
            "left_out_seconds": load.left_out_seconds,
            "unknown": list(load.unknown),
        },
    )
    Recogniser.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()
