"""One speaker over bad networks and for a long time: what is heard has no holes, no clicks and no growing delay."""

import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio import codec, playout
from rooms.audio.codec import Decoder, Encoder
from rooms.audio.core.levels import level_dbov
from rooms.audio.core.packet import RtpPacket
from rooms.audio.playout import Speaker
from tests.audio.test_codec import packets

START = 100.0
LEVEL = 0.25
SECONDS = 70  # at 300 ppm, time enough for a tick's worth of drift


def tone(frequency: float, seconds: float) -> np.ndarray:
    return (LEVEL * np.sin(2 * np.pi * frequency * np.arange(round(seconds * 48_000)) / 48_000)).astype(np.float32)


@cache
def voice(frequency: float = 300, seconds: float = SECONDS) -> list[bytes]:
    """Packets of a steady tone: what is missing or broken is easily seen."""
    encoder, sound = Encoder(expected_loss_percent=10), tone(frequency, seconds)
    return [encoder.encode(sound[start : start + 960]) for start in range(0, len(sound), 960)]


@cache
def clean(frequency: float) -> np.ndarray:
    """What a decoder makes of the same packets when none is lost or moved, once the encoder has settled."""
    decoder = Decoder()
    return np.concatenate([decoder.decode(packet) for packet in voice(frequency)])[96_000:]


class Line:
    """A sender whose clock runs at `rate` of ours, a network that delays or loses, a mixer that reads every 20 ms."""

    def __init__(
        self,
        sent: list[bytes] | None = None,
        *,
        rate: float = 1.0,
        delay: Callable[[], float | None] = lambda: 0.0,
        samples: int = 960,
    ) -> None:
        self.speaker = Speaker()
        self.first_timestamp = 0
        self._voice = sent or voice()
        self._seconds = samples / 48_000 / rate
        self._samples = samples
        self._delay = delay
        self._sent = 0
        self._under_way: list[tuple[float, RtpPacket]] = []
        self._tick = 0

    def play(self, ticks: int, *, ssrc: int = 1) -> list[np.ndarray | None]:
        heard = []
        for _ in range(ticks):
            now = START + self._tick * 0.02
            while START + self._sent * self._seconds <= now:
                self._send(ssrc)
            on_time = sorted((item for item in self._under_way if item[0] <= now), key=lambda item: item[0])
            for arrived, packet in on_time:
                self.speaker.push(packet, arrived)
            self._under_way = [item for item in self._under_way if item[0] > now]
            heard.append(self.speaker.read(now + 0.001))
            self._tick += 1
        return heard

    def _send(self, ssrc: int) -> None:
        late = self._delay()
        timestamp = (self.first_timestamp + self._sent * self._samples) & 0xFFFFFFFF
        packet = RtpPacket(111, self._sent & 0xFFFF, timestamp, ssrc, self._voice[self._sent % len(self._voice)])
        if late is not None:
            self._under_way.append((START + self._sent * self._seconds + late, packet))
        self._sent += 1


def joined(heard: list[np.ndarray | None]) -> np.ndarray:
    return np.concatenate([np.zeros(960, dtype=np.float32) if block is None else block for block in heard])


def steepest(sound: np.ndarray) -> float:
    return float(np.max(np.abs(np.diff(sound))))


def impurity(sound: np.ndarray, frequency: float) -> float:
    """The most power away from a frequency in any tenth of a second, in dB of all."""
    window, worst = np.blackman(4_800), -200.0
    away = np.abs(np.fft.rfftfreq(4_800, 1 / 48_000) - frequency) > 100
    for start in range(0, len(sound) - 4_800, 2_400):
        power = np.abs(np.fft.rfft(sound[start : start + 4_800] * window)) ** 2
        worst = max(worst, float(10 * np.log10(power[away].sum() / power.sum())))
    return worst


def holes(heard: list[np.ndarray | None]) -> int:
    """The most ticks in a row with next to nothing to hear."""
    longest = current = 0
    for block in heard:
        quiet = block is None or float(np.mean(block**2)) < 1e-4
        current = current + 1 if quiet else 0
        longest = max(longest, current)
    return longest


class TestDrift:
    @pytest.mark.parametrize("frequency", [130, 300])
    @pytest.mark.parametrize("rate", [0.998, 0.9997, 1.0003, 1.002])
    def test_a_tone_stays_as_pure_as_its_packets(self, rate: float, frequency: int) -> None:
        line = Line(voice(frequency), rate=rate)
        line.play(110)
        heard = joined(line.play(int(SECONDS * 50 / rate) - 120))
        assert line.speaker.stretches >= 2
        reference = clean(frequency)
        assert steepest(heard) < 1.1 * steepest(reference)
        assert impurity(heard, frequency) < impurity(reference, frequency) + 1.0

    @pytest.mark.parametrize("rate", [0.998, 0.9997, 1.0003, 1.002])
    def test_no_more_is_stretched_than_drifts_away(self, rate: float) -> None:
        line = Line(rate=rate)
        line.play(3_450)
        drifted = (1 - rate) * 69 * 48_000
        assert line.speaker.stretched_samples == pytest.approx(drifted, abs=1_200)
        assert line.speaker.stretches <= abs(drifted) / 240 + 4
        assert line.speaker.buffer.counters.concealed == line.speaker.buffer.counters.late == 0
        assert len(line.speaker.buffer) <= 2


class TestLoss:
    @pytest.mark.parametrize(("loss", "jitter"), [(0.05, 0.0), (0.1, 0.05), (0.0, 0.08)])
    def test_loss_and_jitter_leave_no_hole_over_a_tenth_of_a_second(self, loss: float, jitter: float) -> None:
        dice = random.Random(5)
        line = Line(delay=lambda: None if dice.random() < loss else dice.random() * jitter)
        line.play(100)
        assert holes(line.play(3_000)) <= 4

    @pytest.mark.parametrize("frequency", [130, 300, 1000])
    def test_what_is_concealed_is_joined_without_a_click(self, frequency: int) -> None:
        dice = random.Random(5)
        line = Line(voice(frequency), delay=lambda: None if dice.random() < 0.1 else dice.random() * 0.05)
        line.play(100)
        heard = joined(line.play(3_000))
        assert line.speaker.buffer.counters.concealed > 50
        assert steepest(heard) < 2.5 * steepest(tone(frequency, 1.0))

    def test_what_is_lost_for_long_fades_away(self) -> None:
        gone = [False]
        line = Line(delay=lambda: None if gone[0] else 0.0)
        line.play(100)
        gone[0] = True
        heard = joined(line.play(20))
        levels = [level_dbov(heard[start : start + 960]) for start in range(0, len(heard), 960)]
        assert levels[7] < levels[3] < levels[0]
        assert levels[-1] < -100
        assert steepest(heard) < 1.5 * steepest(tone(300, 1.0))

    def test_jitter_that_calms_down_gives_its_delay_back(self) -> None:
        dice, wild = random.Random(5), [True]
        line = Line(delay=lambda: dice.random() * 0.08 if wild[0] else 0.0)
        line.play(500)
        assert line.speaker.buffer.delay > 0.06
        wild[0] = False
        heard = line.play(1_000)
        assert holes(heard) == 0
        assert steepest(joined(heard)) < 1.2 * steepest(tone(300, 1.0))
        assert line.speaker.buffer.delay < 0.03
        assert len(line.speaker.buffer) <= 2


class TestPackets:
    """Of other durations and channels, made with libopus itself: `Encoder` only makes 20 ms mono."""

    @staticmethod
    def encoded(samples: int, channels: int = 1) -> list[bytes]:
        error = codec._ffi.new("int *")
        library = codec._library()
        encoder = library.opus_encoder_create(48_000, channels, 2048, error)
        library.opus_encoder_ctl(encoder, codec._SET_BITRATE, codec._ffi.cast("int", 32_000 * channels))
        library.opus_encoder_ctl(encoder, codec._SET_INBAND_FEC, codec._ffi.cast("int", 1))
        library.opus_encoder_ctl(encoder, codec._SET_PACKET_LOSS_PERCENT, codec._ffi.cast("int", 20))
        sound = np.repeat(tone(300, 20.0), channels)
        output, sent = codec._ffi.new("unsigned char[]", 4_000), []
        for start in range(0, len(sound) - samples * channels + 1, samples * channels):
            block = np.ascontiguousarray(sound[start : start + samples * channels])
            pcm = codec._ffi.cast("float *", block.ctypes.data)
            length = library.opus_encode_float(encoder, pcm, samples, output, 4_000)
            sent.append(bytes(codec._ffi.buffer(output, length)))
        library.opus_encoder_destroy(encoder)
        return sent

    @pytest.mark.parametrize("samples", [120, 480, 960, 1920, 2880])
    @pytest.mark.parametrize(("rate", "loss"), [(1.0, 0.0), (1.001, 0.0), (0.999, 0.0), (1.0, 0.05)])
    def test_any_duration_is_played_whole(self, samples: int, rate: float, loss: float) -> None:
        dice, sent, decoder = random.Random(3), self.encoded(samples), Decoder()
        reference = np.concatenate([decoder.decode(packet) for packet in sent])
        line = Line(sent, rate=rate, samples=samples, delay=lambda: None if dice.random() < loss else 0.0)
        line.play(100)
        heard = line.play(850)
        assert holes(heard) <= (0 if loss == 0 else 4)
        assert all(block is not None and len(block) == 960 for block in heard)
        assert line.speaker.buffer.counters.late == line.speaker.buffer.counters.skipped == 0
        if loss == 0:
            assert line.speaker.buffer.counters.concealed == 0
            assert steepest(joined(heard)) < 1.1 * steepest(reference)
            assert len(line.speaker.buffer) * samples <= 2 * 960 + samples

    def test_stereo_is_heard_in_the_middle(self) -> None:
        line = Line(self.encoded(960, channels=2))
        line.play(50)
        heard = joined(line.play(200))
        assert level_dbov(heard) == pytest.approx(level_dbov(tone(300, 1.0)), abs=1.0)


class TestSources:
    def test_another_ssrc_is_another_stream_whatever_its_timestamps(self) -> None:
        line = Line()
        line.play(100)
        line.first_timestamp = -4_800  # to the first stream, a tenth of a second late
        heard = line.play(100, ssrc=2)
        assert holes(heard) <= 3
        assert line.speaker.buffer.counters.late == 0
        assert steepest(joined(heard)) < 1.5 * steepest(tone(300, 1.0))

    def test_a_hundred_sources_at_once_do_not_disturb_the_one_that_is_heard(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = []
        monkeypatch.setattr(playout, "Decoder", lambda: made.append(1) or Decoder())
        line = Line()
        line.play(50)
        heard = []
        for _ in range(100):
            for ssrc in range(2, 102):
                packet = RtpPacket(111, 7, ssrc * 50_000, ssrc, voice()[ssrc])
                line.speaker.push(packet, START + line._tick * 0.02)
            heard += line.play(1)
        assert holes(heard) == 0
        assert len(made) == 1

    def test_two_sources_in_turn_are_no_reason_to_jump_between_them(self) -> None:
        line = Line()
        line.play(50)
        heard = []
        for number in range(100):
            other = RtpPacket(111, number, number * 960, 2, voice()[number])
            line.speaker.push(other, START + line._tick * 0.02)
            heard += line.play(1)
        assert holes(heard) == 0
        assert steepest(joined(heard)) < 1.1 * steepest(tone(300, 1.0))
        assert line.speaker.buffer.counters.restarts == 0

    def test_a_hundred_sources_with_none_among_them_make_few_decoders(self, monkeypatch: pytest.MonkeyPatch) -> None:
        made = []
        monkeypatch.setattr(playout, "Decoder", lambda: made.append(1) or Decoder())
        speaker = Speaker()
        for number in range(1_000):
            speaker.push(RtpPacket(111, number, number * 960, number % 100, voice()[number]), START + number * 0.002)
            if number % 10 == 0:
                speaker.read(START + number * 0.002)
        assert len(made) < 50


class TestPauses:
    def test_who_stops_fades_out_and_who_comes_back_fades_in(self) -> None:
        gone = [False]
        line = Line(delay=lambda: None if gone[0] else 0.0)
        heard = line.play(50)
        gone[0] = True
        heard += line.play(50)
        assert heard[-1] is None
        gone[0] = False
        heard += line.play(50)
        assert heard[-1] is not None
        assert steepest(joined(heard[10:])) < 2 * steepest(tone(300, 1.0))

    def test_suppressed_silence_goes_on_with_the_speakers_noise(self) -> None:
        """As browsers do it: a header alone when silence begins, then a packet of noise and a header every 400 ms."""
        hiss = (np.random.default_rng(0).standard_normal(48_000) * 0.01).astype(np.float32)
        noise = packets(hiss)
        header = noise[-1][:1]
        sent: dict[int, bytes] = dict(enumerate(noise[:30])) | {30: header}
        for number in range(50, 150, 20):
            sent |= {number: noise[number % 50], number + 1: header}
        speaker, heard, sequence = Speaker(), [], 0
        for tick in range(150):
            now = START + tick * 0.02
            if tick in sent:
                speaker.push(RtpPacket(111, sequence, tick * 960, 1, sent[tick]), now)
                sequence += 1
            heard.append(speaker.read(now + 0.001))
        levels = [-127.0 if block is None else level_dbov(block) for block in heard[40:145]]
        assert min(levels) > -60
        assert speaker.buffer.counters.lost == speaker.buffer.counters.late == 0


def test_garbage_between_packets_is_no_more_than_lost() -> None:
    dice = random.Random(2)
    encoder = Encoder()
    sent = [
        encoder.encode(tone(300, 4.0)[start : start + 960])
        if dice.random() > 0.2
        else dice.randbytes(dice.randrange(9))
        for start in range(0, 150 * 960, 960)
    ]
    heard = Line(sent).play(150)
    assert all(block is None or (len(block) == 960 and np.isfinite(block).all()) for block in heard)
    assert holes(heard[5:]) <= 5


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),  # whose: of one voice, with a few other sources between
            st.sampled_from([1, 1, 1, 1, 2, 0, -3, 700]),  # packets on by sequence number
            st.sampled_from([960, 960, 960, 1, 0, 120, -960, 2_000, 40_000, 3_000_000_000]),  # samples on
            st.one_of(st.integers(0, 40).map(lambda number: voice(300, 2.0)[number]), st.binary(max_size=5)),
            st.sampled_from([0.0, 0.02, 0.02, 0.02, 0.05, 0.3, 2.0]),  # seconds since the one before
        ),
        max_size=80,
    )
)
def test_whatever_is_sent_a_tick_is_20_ms_of_finite_sound_or_nothing(
    sent: list[tuple[int, int, int, bytes, float]],
) -> None:
    speaker, now, sequence, timestamp, read = Speaker(), START, 0, 0, START
    for ssrc, packets_on, samples_on, payload, wait in sent:
        now += wait
        sequence, timestamp = (sequence + packets_on) & 0xFFFF, (timestamp + samples_on) & 0xFFFFFFFF
        speaker.push(RtpPacket(111, sequence, timestamp, max(1, ssrc - 1), payload), now)
        while read <= now:
            block = speaker.read(read)
            assert block is None or (block.shape == (960,) and block.dtype == np.float32 and np.isfinite(block).all())
            read += 0.02
    quiet = [speaker.read(read + tick * 0.02) for tick in range(60)]
    assert quiet[-1] is None


def test_an_open_microphone_with_nobody_at_it_is_not_decoded_between_its_packets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Silence suppression: a packet every 400 ms, and everybody on stage who says nothing must cost nothing."""
    concealed: list[int] = []
    conceal = Decoder.conceal
    monkeypatch.setattr(
        Decoder, "conceal", lambda self, samples=960: concealed.append(samples) or conceal(self, samples)
    )
    encoder, speaker, now, heard = Encoder(), Speaker(), START, []
    sound = np.concatenate((tone(300, 1), np.zeros(960 * 450, dtype=np.float32)))
    sequence = 0
    for tick in range(500):
        payload = encoder.encode(sound[tick * 960 : (tick + 1) * 960])
        if not payload and tick % 20 == 0:
            payload = b"\x78"  # of one frame without a byte of sound, as browsers send it
        if payload:
            sequence += 1
            speaker.push(RtpPacket(111, sequence, tick * 960, 7, payload), now)
        read = speaker.read(now)
        heard.append(0.0 if read is None else float(np.abs(read).max()))
        now += 0.02
    assert max(heard[:50]) > 0.2
    assert max(heard[200:]) < 1e-3
    assert len(concealed) < 120  # of 380 ticks without a packet
