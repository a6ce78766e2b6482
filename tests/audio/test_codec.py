"""Opus through cffi: what goes in comes out, what is lost is mended, garbage is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio import codec
from rooms.audio.codec import BadPacket, CodecMissing, Decoder, Encoder
from rooms.audio.core.packet import RtpPacket
from rooms.audio.playout import Speaker
from tests.audio.test_core import ticks, tone


def packets(sound: np.ndarray) -> list[bytes]:
    encoder = Encoder()
    return [encoder.encode(block) for block in ticks(sound)]


def level(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(sound**2)))


def test_a_tone_comes_out_at_its_level() -> None:
    decoder = Decoder()
    heard = np.concatenate([decoder.decode(packet) for packet in packets(tone(440))])
    assert level(heard[9_600:]) == pytest.approx(level(tone(440)), abs=2.0)


def test_a_lost_packet_is_recovered_from_the_next() -> None:
    decoder, sent = Decoder(), packets(tone(300))
    for packet in sent[:20]:
        decoder.decode(packet)
    recovered = decoder.recover(sent[21])
    assert len(recovered) == 960
    assert level(recovered) == pytest.approx(level(tone(300)), abs=3.0)


def test_what_is_lost_for_good_is_concealed() -> None:
    decoder = Decoder()
    for packet in packets(tone(300))[:20]:
        decoder.decode(packet)
    assert level(decoder.conceal()) > -40


def test_silence_costs_nothing_after_a_moment() -> None:
    encoder = Encoder()
    sent = [encoder.encode(np.zeros(960, dtype=np.float32)) for _ in range(100)]
    assert len([packet for packet in sent[20:] if packet]) <= 6


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_refused_or_give_a_bounded_sound(data: bytes) -> None:
    decoder = Decoder()
    try:
        sound = decoder.decode(data)
    except BadPacket:
        return
    assert len(sound) <= 5760
    assert np.isfinite(sound).all()


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    codec._library.cache_clear()
    monkeypatch.setattr(codec.av, "__file__", str(tmp_path / "av" / "__init__.py"))
    with pytest.raises(CodecMissing, match="pip install"):
        Encoder()
    codec._library.cache_clear()


class TestSpeaker:
    def play(self, sent: list[tuple[int, bytes]], count: int) -> list[np.ndarray | None]:
        speaker, heard = Speaker(), []
        for tick in range(count):
            now = 100.0 + tick * 0.02
            for number, payload in sent:
                if number == tick:
                    speaker.push(RtpPacket(111, number, number * 960, 1, payload), now)
            heard.append(speaker.read(now + 0.001))
        return heard

    def test_a_voice_is_read_tick_by_tick(self) -> None:
        heard = self.play(list(enumerate(packets(tone(440)))), 55)
        sound = np.concatenate([block for block in heard if block is not None])
        assert all(len(block) == 960 for block in heard if block is not None)
        assert level(sound[9_600:40_000]) == pytest.approx(level(tone(440)), abs=1.0)

    def test_one_lost_packet_leaves_no_hole(self) -> None:
        sent = [(number, packet) for number, packet in enumerate(packets(tone(300))) if number != 25]
        heard = self.play(sent, 50)
        assert all(block is not None and level(block) > -25 for block in heard[10:45])

    def test_garbage_is_concealed(self) -> None:
        sent = [(number, b"\xff\xff" if number == 25 else packet) for number, packet in enumerate(packets(tone(300)))]
        heard = self.play(sent, 50)
        assert all(block is not None and np.isfinite(block).all() for block in heard[10:45])

    def test_who_stops_sending_falls_silent(self) -> None:
        heard = self.play(list(enumerate(packets(tone(300))[:20])), 60)
        assert heard[-1] is None


def test_a_copy_goes_on_exactly_where_the_encoder_was() -> None:
    encoder = Encoder()
    sound = (0.3 * np.sin(2 * np.pi * 200 * np.arange(960 * 40) / 48_000) ** 3).astype(np.float32)
    ticks = [sound[start : start + 960] for start in range(0, len(sound), 960)]
    for tick in ticks[:20]:
        encoder.encode(tick)
    copied = encoder.copy()
    assert [copied.encode(tick) for tick in ticks[20:]] == [encoder.encode(tick) for tick in ticks[20:]]
