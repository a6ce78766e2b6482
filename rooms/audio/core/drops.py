"""Packets of peers that went no further, counted where they are dropped: nothing is counted of those that are let through."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Drops:
    """One for all peers of a worker."""

    not_authentic: int = 0  # forged, damaged, or by other keys
    replayed: int = 0  # came before, or is too old to tell
    too_many: int = 0  # more than a voice, its reports or a handshake send
    not_agreed: int = (
        0  # before the handshake, of a listener, of another payload type or another voice of the same peer
    )
    malformed: int = 0  # neither RTP nor RTCP, though authentic, or too short for either

    def by_reason(self) -> dict[str, int]:
        """Each sum by its name."""
        return asdict(self)
