"""The processes that carry an installation, and what one listener costs it: for staff who may see audio workers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts import clock
from rooms import selectors
from rooms.folders import own_disks
from rooms.seeing.disks import OK

_CENTS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one listener for an hour, as the last hour went. None where nobody listened, or no price is set."""

    listener_hours: float
    cpu_seconds: float | None
    megabytes: float | None
    money: Decimal | None
    currency: str
    core_hour: Decimal | None


_STATES = {
    "full": pgettext_lazy("disk", "full"),
    "read-only": pgettext_lazy("disk", "read-only"),
    "forbidden": pgettext_lazy("disk", "not permitted"),
    "broken": pgettext_lazy("disk", "broken"),
    "failing": pgettext_lazy("disk", "fails"),
}


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder, and how it was found when something was last written there."""

    name: str
    state: str

    @property
    def is_well(self) -> bool:
        """Whether it can be written."""
        return self.state == OK

    @property
    def words(self) -> str | Promise:
        """What is the matter."""
        return _STATES.get(self.state, self.state)


def page() -> dict[str, Any]:
    """What the page shows."""
    now = clock.now()
    return {
        "now": now,
        "workers": [(worker, _disks_of(worker)) for worker in selectors.workers_now(now)],
        "webs": selectors.webs_now(now),
        "jobs": selectors.jobs_now(now),
        "disks": [Disk(name, state) for name, state in own_disks().look().items()],
        "cost": cost_of(selectors.used_lately(now), settings.MITALK_CORE_HOUR_PRICE),
    }


def _disks_of(worker: selectors.WorkerNow) -> list[Disk]:
    """What of its folders it says that it cannot write."""
    return [Disk(*words) for words in (told.split(maxsplit=1) for told in worker.disk.split(", ")) if len(words) == 2]


def cost_of(used: selectors.Used, price: tuple[Decimal, str] | None) -> Cost:
    """What a listener-hour costs at this price of a core and hour."""
    core_hour, currency = price or (None, "")
    cpu_seconds, sent = used.cpu_seconds_an_hour, used.bytes_an_hour
    money = None
    if core_hour is not None and cpu_seconds is not None:
        money = (core_hour * Decimal(cpu_seconds) / 3600).quantize(_CENTS)
    return Cost(
        listener_hours=used.listener_hours,
        cpu_seconds=cpu_seconds,
        megabytes=sent / 1e6 if sent is not None else None,
        money=money,
        currency=currency,
        core_hour=core_hour,
    )
