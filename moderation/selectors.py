"""Reads of moderation."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from moderation.models import Evidence
from rooms.evidence import peaks, tracks
from rooms.models import Participant

_COLUMNS = 300
_HEIGHT = 48


@dataclass(frozen=True, slots=True)
class VoiceShown:
    """One voice of a piece of evidence, as its page shows it."""

    person: str
    name: str
    path: str  # of an SVG that is 300 wide and 48 high


def heard_by(evidence: Evidence, user: User) -> bool:
    """Whether a piece of evidence is open to somebody now."""
    return evidence.openings.filter(by=user, open_until__gt=timezone.now()).exists()


def voices_of(evidence: Evidence) -> list[VoiceShown]:
    """Its voices, who spoke first before.

    Raises:
        Unheard: they cannot be heard (rooms.evidence).
    """
    names = {
        participant.public_id: participant.name
        for participant in Participant.objects.filter(public_id__in=evidence.voices).select_related("user__profile")
    }
    seconds = (evidence.until_at - evidence.from_at).total_seconds()
    sound = tracks(evidence.public_id, evidence.parts, int(evidence.from_at.timestamp() * 1000))
    return [
        VoiceShown(person, names.get(person, person), _waveform(peaks(track, seconds, _COLUMNS)))
        for person, track in sound.items()
    ]


def _waveform(loudness: list[float]) -> str:
    middle = _HEIGHT / 2
    bars = (
        f"M{column} {middle - peak * middle:.1f}V{middle + max(peak, 0.02) * middle:.1f}"
        for column, peak in enumerate(loudness)
    )
    return "".join(bars)
