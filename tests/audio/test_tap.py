"""Only what the gate lets through is gathered, as it came, and never more than a voice can be."""

from types import SimpleNamespace

from rooms.audio.core.packet import RtpPacket
from rooms.audio.engine import Engine, Member
from rooms.audio.evidence.packets import VoicePacket, unpack
from rooms.audio.tap import MOST_BYTES_OF_ONE, Tap


def packet(timestamp: int, payload: bytes = b"\xf8\xff\xfe") -> RtpPacket:
    return RtpPacket(payload_type=96, sequence=timestamp // 960, timestamp=timestamp, ssrc=1, payload=payload)


def test_what_the_gate_stops_is_not_gathered() -> None:
    tap = Tap(offset_ms=1_000)
    engine = Engine(list, tap.take)  # type: ignore[arg-type]
    for name in ("speaker", "listener"):
        peer = SimpleNamespace(stream=None, reported_loss=0.0)
        engine.add("room", Member(name, f"person of {name}", peer))  # type: ignore[arg-type]
    engine.set_stage("room", 1, frozenset({"speaker"}))
    engine.deliver("room", "speaker", packet(960, b"heard"), 2.0)
    engine.deliver("room", "listener", packet(960, b"not"), 2.0)
    engine.deliver("elsewhere", "speaker", packet(960, b"not"), 2.0)
    engine.set_stage("room", 2, frozenset())
    engine.deliver("room", "speaker", packet(1920, b"muted"), 2.02)
    ((room, batch),) = tap.hand_over()
    assert room == "room"
    assert unpack(batch) == [VoicePacket("person of speaker", 3_000, 960, b"heard")]
    assert tap.hand_over() == []


def test_who_floods_fills_no_more_than_one_share() -> None:
    tap = Tap()
    for number in range(1_000):
        tap.take("room", "loud", packet(960 * number, b"x" * 1_000), 0.0)
    tap.take("room", "quiet", packet(0), 0.0)
    ((_, batch),) = tap.hand_over()
    kept = [packet.person for packet in unpack(batch)]
    assert kept.count("loud") == MOST_BYTES_OF_ONE // 1_000
    assert kept.count("quiet") == 1
    assert tap.left_out == 1_000 - kept.count("loud")
    tap.take("room", "loud", packet(0), 0.0)
    assert len(tap.hand_over()) == 1
