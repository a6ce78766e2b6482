"""What a client counts and reports of what it received."""

import struct

from rooms.audio.bench.ear import Ear
from rooms.audio.transport.rtcp import reception_reports

SSRC = 7


def report(ear: Ear) -> tuple[float, int]:
    """The fraction lost, as the server reads it, and the cumulative number."""
    block = ear.report_block(SSRC)
    packet = struct.pack("!BBHI", 0x81, 201, 7, 1) + block
    (found,) = reception_reports(packet)
    assert found.ssrc == SSRC
    return found.lost, int.from_bytes(block[5:8], "big")


def hear(ear: Ear, *sequences: int) -> None:
    for place, sequence in enumerate(sequences):
        ear.hear(sequence & 0xFFFF, place * 0.02)


def test_nothing_is_lost_until_something_is_missing() -> None:
    ear = Ear()
    assert report(ear) == (0.0, 0)
    hear(ear, *range(65_530, 65_560))
    assert ear.lost == 0
    assert report(ear) == (0.0, 0)


def test_the_fraction_is_of_what_was_expected_since_the_last_report() -> None:
    ear = Ear()
    hear(ear, *[number for number in range(100) if number % 4 != 1])
    assert ear.lost == 25
    assert report(ear) == (0.25, 25)
    hear(ear, *range(100, 200))
    assert report(ear) == (0.0, 25)


def test_packets_that_overtake_each_other_are_not_lost() -> None:
    ear = Ear()
    hear(ear, 65_534, 0, 65_535, 2, 1, 3)
    assert ear.lost == 0
    assert report(ear) == (0.0, 0)


def test_reset_begins_a_new_count_and_leaves_the_reports_alone() -> None:
    ear = Ear()
    hear(ear, 1, 2, 4)
    ear.reset()
    assert (ear.packets, ear.lost, ear.longest_gap) == (0, 0, 0.0)
    hear(ear, 5, 7)
    assert (ear.packets, ear.lost) == (2, 1)
    assert report(ear)[1] == 2


def test_the_longest_gap_is_between_two_packets() -> None:
    ear = Ear()
    for sequence, now in enumerate((0.0, 0.02, 0.10, 0.12)):
        ear.hear(sequence, now)
    assert abs(ear.longest_gap - 0.08) < 1e-9


def test_jitter_follows_the_standard() -> None:
    ear = Ear()
    ear.note_jitter(0, 1.0)
    ear.note_jitter(960, 1.02)
    assert ear.jitter == 0
    ear.note_jitter(1_920, 1.05)  # 10 ms late: a sixteenth of 480 samples
    assert abs(ear.jitter - 30) < 0.01
