"""A room's sound: who is heard, what each gets, and that changes in it are not heard themselves."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.core.mixer import silence
from rooms.audio.core.session import Mixes, RoomSession
from tests.audio.sounds import (
    FIRST_SPEECH,
    RATE,
    SECOND_SPEECH,
    THIRD_SPEECH,
    at_loudness,
    loudness,
    noise,
    rms_db,
    speech,
    steepest,
    ticks,
    tone,
)


def room(*may_speak: str) -> RoomSession:
    session = RoomSession()
    session.set_stage(1, frozenset(may_speak))
    return session


def play(session: RoomSession, sounds: Mapping[str, np.ndarray]) -> list[Mixes]:
    """Mix these sounds to the end of the shortest."""
    return [
        session.mix(dict(zip(sounds, together, strict=True)))
        for together in zip(*(ticks(sound) for sound in sounds.values()), strict=False)
    ]


def shared(mixes: list[Mixes]) -> np.ndarray:
    return np.concatenate([mix.shared for mix in mixes])


class TestStage:
    def test_what_the_roster_does_not_allow_is_not_mixed(self) -> None:
        sound = tone(440, seconds=0.2)
        mixes = play(room("a"), {"a": sound, "intruder": sound * 3})
        np.testing.assert_array_equal(shared(mixes), shared(play(room("a"), {"a": sound})))
        assert set(mixes[-1].own) == {"a"}
        assert not mixes[-1].own["a"].any()

    def test_who_is_cut_off_fades_within_a_tick_and_is_gone(self) -> None:
        session, blocks = room("a"), list(ticks(tone(440)))
        session.mix({"a": blocks[0]})
        session.set_stage(2, frozenset())
        assert session.audible() == ["a"]
        fading = session.mix({"a": blocks[1]}).shared
        assert fading[:100].any()
        assert not fading[480:].any()
        assert session.audible() == []
        assert not session.mix({"a": blocks[2]}).shared.any()

    def test_who_is_cut_off_before_a_sound_came_is_gone_too(self) -> None:
        session = room("a")
        session.set_stage(2, frozenset())
        assert session.mix({}).shared is silence()
        assert session.audible() == []

    def test_an_older_stage_is_ignored(self) -> None:
        session = RoomSession()
        assert session.set_stage(5, frozenset())
        assert not session.set_stage(4, frozenset({"a"}))
        assert session.may_speak == frozenset()

    @given(st.lists(st.tuples(st.integers(0, 20), st.frozensets(st.sampled_from("abcd"))), max_size=30))
    def test_at_every_moment_only_the_newest_stage_is_heard(self, stages: list[tuple[int, frozenset[str]]]) -> None:
        session = RoomSession()
        newest, allowed = -1, frozenset()
        block = tone(440)[:960]
        for version, may_speak in stages:
            session.set_stage(version, may_speak)
            if version >= newest:
                newest, allowed = version, may_speak
            session.mix(dict.fromkeys("abcd", block))
            session.mix(dict.fromkeys("abcd", block))
            assert set(session.audible()) == allowed


class TestOwnMix:
    def test_nobody_hears_themselves(self) -> None:
        pitches = {"a": 440, "b": 1_000, "c": 1_700}
        mixes = play(room(*pitches), {name: tone(pitch, seconds=2.0) for name, pitch in pitches.items()})
        for name, pitch in pitches.items():
            sound = np.concatenate([mix.own[name] for mix in mixes[50:]])
            spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
            frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
            themselves = np.max(spectrum[np.abs(frequencies - pitch) < 5])
            assert 20 * np.log10(themselves / np.max(spectrum)) < -80

    def test_the_silent_and_the_muted_get_the_shared_mix(self) -> None:
        session = room("talker", "silent")
        sound = at_loudness(speech(), -23)[: 2 * RATE]
        assert "silent" not in play(session, {"talker": sound, "silent": np.zeros_like(sound)})[-1].own

    def test_so_does_an_open_microphone_in_a_quiet_room(self) -> None:
        sound = at_loudness(speech(), -23)[: 5 * RATE]
        mixes = play(room("talker", "quiet"), {"talker": sound, "quiet": noise(-60, 5.0)})
        assert "quiet" in mixes[50].own
        assert all("quiet" not in mix.own for mix in mixes[160:])

    def test_who_is_muted_in_a_word_keeps_their_own_mix_until_both_are_alike(self) -> None:
        """The shared stream has just carried their voice; its encoder's memory would bring some of it back."""
        session = room("host", "guest")
        host, guest = (at_loudness(speech(text), -23) for text in (FIRST_SPEECH, SECOND_SPEECH))
        play(session, {"host": host[:RATE], "guest": guest[:RATE]})
        session.set_stage(2, frozenset({"host"}))
        muted = play(session, {"host": host[RATE : 3 * RATE]})
        own = ["guest" in mix.own for mix in muted]
        assert session.audible() == ["host"]
        assert 15 <= own.index(False) <= 110  # 0.3 seconds, and until the limiters agree
        assert not any(own[own.index(False) :])

    def test_who_leaves_needs_no_mix(self) -> None:
        session = room("a", "b")
        play(session, {"a": tone(440), "b": tone(700)})
        session.leave("b")
        mixes = play(session, {"a": tone(440), "b": tone(700)})
        assert "b" not in mixes[1].own

    @pytest.mark.parametrize("lufs", [-30, -10, 0])
    def test_going_over_is_inaudible_however_loud_it_is(self, lufs: float) -> None:
        """What the guest gets, own mix or shared, is nearly what they would get if only the host existed."""
        host = at_loudness(speech(FIRST_SPEECH), lufs)[: 6 * RATE]
        guest = at_loudness(speech(SECOND_SPEECH), lufs)[: 6 * RATE].copy()
        guest[:RATE] = 0
        guest[3 * RATE :] = 0
        mixes = play(room("host", "guest"), {"host": host, "guest": guest})
        own = ["guest" in mix.own for mix in mixes]
        first, last = own.index(True), len(own) - 1 - own[::-1].index(True)
        assert all(own[first : last + 1])
        assert 50 <= first <= 60
        assert 160 <= last <= 260
        heard = np.concatenate([mix.own.get("guest", mix.shared) for mix in mixes])
        alone = shared(play(room("host"), {"host": host}))
        assert rms_db(heard - alone) < rms_db(alone) - 50
        edge = (last + 1) * 960
        assert np.max(np.abs(heard - alone)[edge - 960 : edge + 960]) < 0.004


class TestLoudness:
    def test_three_at_full_scale_are_alike_after_three_seconds_and_never_clip(self) -> None:
        voices = {
            "clipped": np.clip(speech(FIRST_SPEECH, "en-us") * 20, -1, 1).astype(np.float32),
            "full scale": speech(SECOND_SPEECH, "en-gb+f3") / np.max(np.abs(speech(SECOND_SPEECH, "en-gb+f3"))),
            "whisperer": at_loudness(speech(THIRD_SPEECH, "en-us+m3"), -44),
        }
        together = shared(play(room(*voices), voices))
        assert np.max(np.abs(together)) < 1.0
        alone = {name: shared(play(room(name), {name: voice})) for name, voice in voices.items()}
        loudnesses = [loudness(sound[3 * RATE : 10 * RATE]) for sound in alone.values()]
        assert max(loudnesses) - min(loudnesses) < 1.0

    def test_a_voice_that_was_muted_comes_back_as_loud_as_it_was(self) -> None:
        session, quiet = room("a"), at_loudness(speech(), -40)
        before = shared(play(session, {"a": quiet[: 5 * RATE]}))
        session.set_stage(2, frozenset())
        for _ in range(200):
            session.mix({})
        session.set_stage(3, frozenset({"a"}))
        after = shared(play(session, {"a": quiet[3 * RATE : 5 * RATE]}))
        assert loudness(after) == pytest.approx(loudness(before[3 * RATE :]), abs=1.0)

    def test_who_left_is_a_stranger_when_they_come_back(self) -> None:
        session, quiet = room("a"), at_loudness(speech(), -40)
        play(session, {"a": quiet[: 5 * RATE]})
        session.leave("a")
        session.mix({})
        session.set_stage(2, frozenset({"a"}))
        assert rms_db(shared(play(session, {"a": quiet[: RATE // 5]}))) < -40


class TestFades:
    def test_entering_muting_and_leaving_do_not_click(self) -> None:
        session, blocks = room(), list(ticks(tone(300)))
        stages = {5: frozenset({"a"}), 15: frozenset(), 20: frozenset({"a"})}
        heard = []
        for number, block in enumerate(blocks):
            if number in stages:
                session.set_stage(number + 1, stages[number])
            if number == 40:
                session.leave("a")
            heard.append(session.mix({"a": block}).shared)
        assert steepest(np.concatenate(heard)) < 1.2 * steepest(tone(300))

    def test_the_filters_ring_out_where_the_packets_end(self) -> None:
        """Playout fades a voice out; what is left in the filters follows it and is not cut off."""
        session, sound = room("a"), tone(90, 0.5, seconds=0.5)
        sound[-960:] *= np.linspace(1, 0, 960, dtype=np.float32)
        play(session, {"a": sound})
        ringing = [session.mix({}).shared for _ in range(20)]
        assert steepest(np.concatenate(ringing)) < steepest(tone(90, 0.5))
        assert ringing[-1] is silence()

    def test_the_first_sound_fades_in_however_long_after_entering_it_comes(self) -> None:
        session = room("a")
        for _ in range(10):
            session.mix({})
        first = session.mix({"a": tone(1_000, 0.5)[12:972]}).shared  # begins at the crest
        assert steepest(np.concatenate([np.zeros(1), first])) < 1.2 * steepest(tone(1_000, 0.5))


class TestMemory:
    def test_who_leaves_is_forgotten_whether_on_stage_or_not(self) -> None:
        session = room("a", "b")
        session.set_stage(2, frozenset({"a"}))
        for block in ticks(tone(440, seconds=3.0)):
            session.mix({"a": block})
        session.leave("a")
        session.leave("b")
        session.mix({})
        assert not session._voices
        assert not session._own

    def test_connections_of_other_workers_do_not_pile_up(self) -> None:
        session = RoomSession()
        for number in range(1_000):
            session.set_stage(number, frozenset({f"connection {number}"}))
            session.mix({})
        assert len(session._voices) < 250
        assert len(session._own) <= 2


class TestHostileSound:
    @given(
        st.lists(
            st.tuples(
                st.frozensets(st.sampled_from("abc")),
                st.dictionaries(st.sampled_from("abc"), st.sampled_from(["nan", "loud", "quiet", "square", "dc"])),
            ),
            max_size=40,
        )
    )
    def test_whatever_comes_when_nothing_clips_and_nobody_else_is_heard(
        self, story: list[tuple[frozenset[str], dict[str, str]]]
    ) -> None:
        blocks = {
            "nan": np.full(960, np.nan, dtype=np.float32),
            "loud": tone(300, 50.0)[:960],
            "quiet": tone(300, 0.001)[:960],
            "square": np.sign(tone(70))[:960],
            "dc": np.full(960, 1.0, dtype=np.float32),
        }
        session = RoomSession()
        for version, (may_speak, sounds) in enumerate(story):
            session.set_stage(version, may_speak)
            mixes = session.mix({name: blocks[kind] for name, kind in sounds.items()})
            for sound in (mixes.shared, *mixes.own.values()):
                assert sound.shape == (960,)
                assert sound.dtype == np.float32
                assert np.max(np.abs(sound)) < 1.0
            assert set(session.speaking()) <= may_speak

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
    def test_one_absurd_sample_is_not_heard_for_ever(self, bad: float) -> None:
        session = room("a", "b")
        poisoned = tone(440, seconds=3.0)
        poisoned[10_000:10_960] = bad
        mixes = play(session, {"a": poisoned, "b": noise(-30, 3.0)})
        everything = [mix.shared for mix in mixes] + [sound for mix in mixes for sound in mix.own.values()]
        assert all(np.isfinite(sound).all() and np.max(np.abs(sound)) < 1.0 for sound in everything)
        assert loudness(shared(mixes)[2 * RATE :]) > -25
