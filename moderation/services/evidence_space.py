"""How much space sealed evidence may take, all of it together; what is kept back for the gravest reports."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Sum

from moderation.models import Evidence, EvidenceState
from rooms.domain.messages import ReportCategory

logger = logging.getLogger(__name__)

GRAVEST = frozenset({ReportCategory.DANGER.value})
RESERVE = 0.2  # of the whole: for the gravest alone
LOW_FROM = 0.8  # of what is open to all: staff are told
_BYTES_A_SECOND = 8_000  # one voice at 64 kb/s: what is to be sealed counts so until its size is known


@dataclass(frozen=True, slots=True)
class Space:
    """What is taken and what may be, in bytes."""

    used: int
    most: int

    @property
    def open_to_all(self) -> int:
        """From here on the gravest alone are sealed."""
        return int(self.most * (1 - RESERVE))

    @property
    def is_low(self) -> bool:
        """Whether staff should know."""
        return self.used >= LOW_FROM * self.open_to_all

    def takes(self, category: str) -> bool:
        """Whether what is reported now for this reason can still be sealed."""
        return self.used < (self.most if category in GRAVEST else self.open_to_all)


def space() -> Space:
    """As it is now. Evidence of several voices can take it a little beyond its most."""
    sealed = Evidence.objects.filter(state=EvidenceState.SEALED).aggregate(Sum("bytes"))["bytes__sum"] or 0
    length = ExpressionWrapper(F("until_at") - F("from_at"), output_field=DurationField())
    waits = Evidence.objects.filter(state=EvidenceState.WANTED).order_by().aggregate(length=Sum(length))["length"]
    waiting = int((waits or timedelta()).total_seconds()) * _BYTES_A_SECOND
    return Space(sealed + waiting, settings.MITALK_EVIDENCE_MOST_MEGABYTES * 1_000_000)


def complain(now: Space) -> None:
    """Tell whoever looks after the server that something was not sealed."""
    logger.error("evidence.no_space", extra={"used": now.used, "most": now.most})
