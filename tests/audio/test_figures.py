"""What a worker tells operators of itself while people listen."""

from rooms.audio.core.figures import LATENESS_BOUNDS, WORK_BOUNDS
from rooms.audio.usage import Usage
from rooms.seeing.audio import AudioCollector
from tests.audio.conftest import Stage


async def test_a_worker_tells_what_it_does_and_what_was_used(stage: Stage, monkeypatch) -> None:
    used: list[Usage] = []
    monkeypatch.setattr(stage.worker, "_use", used.append)
    speaker = await stage.joined("speaker", tone=440)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(440)
    assert speaker.voice is not None
    await stage.until(lambda: stage.worker.figures.get("peers") == 2 and stage.worker.figures["octets"] > 0)
    await stage.worker._record_usage()
    before = stage.worker.figures["octets"]
    await stage.until(lambda: stage.worker.figures["octets"] > before)
    await stage.worker._record_usage()
    assert used[-1].peers == 2
    assert used[-1].octets > 0
    assert used[-1].peer_seconds > 0
    assert stage.worker.readiness().state == "ready"
    collector = AudioCollector(lambda: stage.worker.figures, late_bounds=LATENESS_BOUNDS, work_bounds=WORK_BOUNDS)
    told = {sample.name: sample.value for family in collector.collect() for sample in family.samples}
    assert told["mitalk_audio_peers"] == 2
    assert told["mitalk_audio_tick_lateness_seconds_count"] == told["mitalk_audio_ticks_total"]


async def test_packets_of_who_may_not_be_heard_are_counted_as_such(stage: Stage) -> None:
    await stage.joined("listener")
    await stage.joined("speaker", tone=440)
    await stage.until(lambda: stage.worker.figures.get("dropped", {}).get("not_on_stage", 0) > 0)
    assert stage.worker.figures["accepted"] > 0
