"""The metric of disks that can be written or not, alike in every process."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rooms.seeing.disks import OK


def writable(states: Mapping[str, str]) -> Metric:
    """Of how each folder was found last."""
    family = GaugeMetricFamily(
        "mitalk_disk_writable", "Whether the last attempt to write there went well", labels=["folder"]
    )
    for folder, state in states.items():
        family.add_metric([folder], float(state == OK))
    return family


class DisksCollector(Collector):
    """Of a process that has a port of its own for what it measures."""

    def __init__(self, states: Callable[[], Mapping[str, str]]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """One family."""
        yield writable(self._states())
