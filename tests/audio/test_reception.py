"""What talkers are told of their packets."""

import asyncio
import struct

from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.reception import ReceptionMeter
from rooms.audio.transport.rtcp import LastReport, middle_of_ntp, receiver_report, reception_reports, sender_report
from tests.audio.conftest import Stage


def test_losses_are_reported_since_the_last_report_and_since_the_beginning() -> None:
    meter = ReceptionMeter(7)
    for number in range(100):
        if number % 4:
            meter.note(number, number * 960, number * 0.02)
    first = meter.report()
    assert first is not None
    assert (first.ssrc, first.highest_sequence) == (7, 99)
    assert abs(first.fraction_lost - 0.25) < 0.02
    for number in range(100, 200):
        meter.note(number, number * 960, number * 0.02)
    second = meter.report()
    assert second is not None
    assert second.fraction_lost == 0.0
    assert second.cumulative_lost == first.cumulative_lost
    assert second.jitter == 0
    assert meter.report() is None  # nothing has come since


def test_sequence_numbers_wrap_around_and_late_packets_are_no_loss() -> None:
    meter = ReceptionMeter(7)
    numbers = [65_530 + number for number in range(20)]
    numbers[5], numbers[6] = numbers[6], numbers[5]
    for number in numbers:
        meter.note(number & 0xFFFF, 0, 0.0)
    report = meter.report()
    assert report is not None
    assert (report.fraction_lost, report.cumulative_lost, report.highest_sequence) == (0.0, 0, 65_549)


def test_jitter_is_measured_in_samples() -> None:
    meter = ReceptionMeter(7)
    for number in range(500):
        meter.note(number, number * 960, number * 0.02 + (0.01 if number % 2 else 0.0))
    report = meter.report()
    assert report is not None
    assert 450 < report.jitter <= 480  # 10 ms


@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.floats(0, 1e6)), max_size=50))
def test_whatever_comes_a_report_can_be_written_and_read(packets: list[tuple[int, int, float]]) -> None:
    meter = ReceptionMeter(2**32 - 1)
    for sequence, timestamp, now in packets:
        meter.note(sequence, timestamp, now)
    reception = meter.report()
    assert (reception is None) == (not packets)
    if reception is not None:
        written = receiver_report(1, reception, LastReport(2**32 - 1, 0.0), 1e6, "cname")
        (read,) = reception_reports(written)
        assert (read.ssrc, read.jitter) == (reception.ssrc, reception.jitter & 0xFFFFFFFF)
        assert abs(read.lost - reception.fraction_lost) < 1 / 256


def test_the_round_trip_can_be_told_from_a_report() -> None:
    meter = ReceptionMeter(7)
    meter.note(1, 960, 0.0)
    reception = meter.report()
    assert reception is not None
    theirs = sender_report(7, 1_000.5, 960, 1, 80, "them")
    middle = middle_of_ntp(theirs)
    assert middle is not None
    written = receiver_report(1, reception, LastReport(middle, 20.0), 20.25, "us")
    last, delay = struct.unpack_from("!II", written, 24)
    assert last == middle
    assert delay == 65_536 // 4
    assert middle_of_ntp(written) is None


async def test_a_talker_is_told_what_came_of_their_voice(stage: Stage) -> None:
    """By an aiortc peer's own account: a browser needs this to send error correction."""
    speaker = await stage.joined("speaker", tone=440)
    receive = stage.members()["speaker"].peer._connection.receive
    counted = 0

    def lossy(data: bytes) -> None:
        nonlocal counted
        counted += 1
        if counted % 5 or 192 <= data[1] <= 223:
            receive(data)

    stage.members()["speaker"].peer._connection.receive = lossy
    fractions: list[float] = []

    async def told() -> bool:
        stats = await speaker.connection.getStats()
        fractions.extend(report.fractionLost for report in stats.values() if report.type == "remote-inbound-rtp")
        return any(0.1 < fraction / 256 < 0.3 or 0.1 < fraction < 0.3 for fraction in fractions)

    async with asyncio.timeout(5):
        while not await told():
            await asyncio.sleep(0.05)
