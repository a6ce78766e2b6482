"""An audio worker's metrics: read when somebody asks, from what its media process tells once a second."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONNECT_SECONDS = Histogram(
    "mitalk_audio_connect_seconds",
    "From an offer until its handshake is done",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


class AudioCollector(Collector):
    """Of one worker: `figures` gives what media told last, nothing before it has."""

    def __init__(
        self,
        figures: Callable[[], Mapping[str, Any]],
        *,
        late_bounds: Sequence[float],
        work_bounds: Sequence[float],
    ) -> None:
        self._figures = figures
        self._late_bounds = late_bounds
        self._work_bounds = work_bounds

    def collect(self) -> Iterator[Metric]:
        """One family a figure."""
        told = self._figures()
        if not told:
            return
        for name, help_text, value in (
            ("rooms", "Rooms that somebody is connected in", told["rooms"]),
            ("peers", "Connections", told["peers"]),
            ("reported_loss_ratio", "Of what we sent, as peers report by RTCP: the mean", told["loss"]),
            ("lossy_peers_ratio", "The share of peers that report more than 5 % of it lost", told["lossy"]),
            ("complexity", "How hard encoders try, 0 to 10", told["complexity"]),
            ("rooms_unfed", "Rooms that another worker mixes and of which nothing comes", told["unfed"]),
            ("deaf", "1 while nothing comes over the bus, else 0", told["deaf"]),
        ):
            yield GaugeMetricFamily(f"mitalk_audio_{name}", help_text, value)
        for name, help_text, value in (
            ("ticks", "Ticks of 20 ms", told["ticks"]),
            ("ticks_skipped", "Ticks that were given up", told["skipped"]),
            ("packets_received", "Datagrams that came", told["received"]),
            ("packets_heard", "Packets of voices that were accepted", told["accepted"]),
            ("packets_sent", "Datagrams that left", told["sent"]),
            ("packets_lost", "Packets of voices that were missing when their time came", told["lost"]),
            ("sent_bytes", "Of sound, with the headers of UDP and IP", told["octets"]),
            ("encode_seconds", "Of CPU that encoding took", told["encoded_seconds"]),
            ("cpu_seconds", "Of both processes of the worker", told["cpu_seconds"]),
        ):
            yield CounterMetricFamily(f"mitalk_audio_{name}", help_text, value)
        dropped = CounterMetricFamily("mitalk_audio_packets_dropped", "What came or was to leave", labels=["reason"])
        for reason, number in told["dropped"].items():
            dropped.add_metric([reason], number)
        yield dropped
        yield _histogram("tick_lateness", "How late ticks began", self._late_bounds, told["late"], told["late_seconds"])
        yield _histogram(
            "mix_seconds", "What one tick took, all rooms", self._work_bounds, told["work"], told["work_seconds"]
        )


def _histogram(name: str, help_text: str, bounds: Sequence[float], counts: Sequence[int], total: float) -> Metric:
    buckets, seen = [], 0
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        seen += count
        buckets.append((bound, float(seen)))
    full = f"mitalk_audio_{name}" if name.endswith("_seconds") else f"mitalk_audio_{name}_seconds"
    return HistogramMetricFamily(full, help_text, buckets=buckets, sum_value=total)
