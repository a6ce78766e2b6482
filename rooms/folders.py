"""Where this installation keeps its files, by stable names, and whether this process can write there."""

from functools import cache
from pathlib import Path

from django.conf import settings

from rooms.seeing.disks import Disks

_OF_PAGES_AND_JOBS = ("var", "media", "private")
_OF_SOUND = ("ring", "evidence")


def folders() -> dict[str, Path]:
    """All of them."""
    return {
        "var": Path(settings.VAR_DIR),
        "media": Path(settings.MEDIA_ROOT),
        "private": Path(settings.PRIVATE_DIR),
        "ring": Path(settings.MITALK_RING_DIR),
        "ring_keys": Path(settings.MITALK_RING_KEYS_DIR),
        "evidence": Path(settings.MITALK_EVIDENCE_DIR),
        "evidence_keys": Path(settings.MITALK_EVIDENCE_KEYS_DIR),
    }


@cache
def own_disks() -> Disks:
    """What a web process, and the jobs, write to."""
    return Disks({name: folders()[name] for name in _OF_PAGES_AND_JOBS})


def sound_disks() -> Disks:
    """What an audio worker writes to."""
    return Disks({name: folders()[name] for name in _OF_SOUND})
