"""Who speaks, and who of them has the floor."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from rooms.audio.core.activity import NoiseFloor, VoiceActivity
from rooms.audio.core.levels import SILENCE_DBOV, level_dbov
from rooms.audio.core.session import RoomSession
from tests.audio.sounds import (
    FIRST_SPEECH,
    RATE,
    SECOND_SPEECH,
    THIRD_SPEECH,
    at_loudness,
    noise,
    nothing,
    speech,
    ticks,
    tone,
)


def speaks(sound: np.ndarray) -> list[bool]:
    """Tick by tick."""
    activity = VoiceActivity()
    return [activity.hear(level_dbov(block)) for block in ticks(sound)]


def who_speaks(sounds: Mapping[str, np.ndarray]) -> list[tuple[str, ...]]:
    """What a room of these says tick by tick."""
    session = RoomSession()
    session.set_stage(1, frozenset(sounds))
    said = []
    for together in zip(*(ticks(sound) for sound in sounds.values()), strict=False):
        session.mix(dict(zip(sounds, together, strict=True)))
        said.append(session.speaking())
    return said


def put(sound: np.ndarray, *, at: float, into: np.ndarray) -> None:
    start = round(at * RATE)
    into[start : start + len(sound)] += sound


def cough(seconds: float) -> np.ndarray:
    burst = noise(-8, seconds)
    return burst * np.exp(-np.linspace(0, 2, len(burst), dtype=np.float32))


def typing(seconds: float, keys_a_second: int) -> np.ndarray:
    sound = noise(-65, seconds)
    for at in np.arange(0.5, seconds - 0.5, 1 / keys_a_second):
        put(noise(-10, 0.03) * np.exp(-np.linspace(0, 6, 1_440, dtype=np.float32)), at=at, into=sound)
    return sound


class TestVoiceActivity:
    def test_a_click_is_no_voice_and_a_breath_no_silence(self) -> None:
        voice = VoiceActivity()
        assert not any(voice.hear(level) for level in (-20, -20, -80, -80, -20, -20, -80, -80))
        assert [voice.hear(-20) for _ in range(4)] == [False, False, False, True]
        assert all(voice.hear(-80) for _ in range(20))
        assert voice.hear(-20)
        assert [voice.hear(-80) for _ in range(27)][-1] is False

    def test_it_goes_on_a_little_below_where_it_began(self) -> None:
        voice = VoiceActivity()
        for level in (-70, *[-50] * 4):
            voice.hear(level)
        assert voice.speaking
        assert all(voice.hear(-54) for _ in range(40))

    @pytest.mark.parametrize("lufs", [-45, -30, -15])
    def test_speech_is_heard_at_every_level(self, lufs: float) -> None:
        words = at_loudness(speech(), lufs)
        spoken = speaks(words)
        assert spoken.index(True) < 25
        assert np.mean(spoken) > 0.85

    def test_speech_is_heard_within_noise(self) -> None:
        words = at_loudness(speech(), -30)
        assert np.mean(speaks(words + noise(-48, 20.0)[: len(words)])) > 0.85

    @pytest.mark.parametrize("level", [-60, -45, -40, -35])
    def test_steady_noise_is_no_voice_after_two_seconds(self, level: float) -> None:
        assert not any(speaks(noise(level, 5.0))[100:])
        assert not any(speaks(np.concatenate([nothing(1.0), noise(-70, 3.0), noise(level, 5.0)]))[300:])

    @pytest.mark.parametrize("level", [0.06, 0.25, 1.0])
    def test_a_loud_tone_is_sound_however_long(self, level: float) -> None:
        assert all(speaks(tone(440, level, 10.0))[5:])

    @pytest.mark.parametrize("keys_a_second", [5, 9])
    def test_typing_is_no_voice(self, keys_a_second: int) -> None:
        assert not any(speaks(typing(5.0, keys_a_second)))

    def test_typing_does_not_keep_a_voice_speaking(self) -> None:
        assert not any(speaks(np.concatenate([at_loudness(speech(), -25)[: 3 * RATE], typing(6.0, 5)]))[250:])

    def test_a_muted_microphone_says_nothing_of_its_noise(self) -> None:
        floor = NoiseFloor()
        for _ in range(200):
            floor.hear(-40.0)
        for _ in range(200):
            floor.hear(SILENCE_DBOV)
        assert floor.level == -40.0


class TestFloor:
    def test_nobody_speaks_in_silence(self) -> None:
        assert set(who_speaks({"a": nothing(1.0), "b": nothing(1.0)})) == {()}

    def test_a_cough_does_not_take_the_floor(self) -> None:
        coughing = noise(-70, 10.0)
        for at in (2.0, 4.0, 6.0, 8.0):
            put(cough(0.3), at=at, into=coughing)
        said = who_speaks({"talker": at_loudness(speech(), -30), "cougher": coughing})
        assert all(names[0] == "talker" for names in said[10:])

    def test_a_keyboard_is_not_even_mentioned(self) -> None:
        said = who_speaks({"talker": at_loudness(speech(), -30), "typist": typing(10.0, 6)})
        assert set(said[10:]) == {("talker",)}

    def test_a_vacuum_cleaner_does_not_take_the_floor(self) -> None:
        """However loud it is, and however long the talker pauses; but it is sound, and is said to be."""
        talker = noise(-72, 14.0)
        for at in (0.0, 8.0):
            put(at_loudness(speech(), -30)[: 5 * RATE], at=at, into=talker)
        said = who_speaks({"talker": talker, "cleaner": np.concatenate([nothing(1.0), noise(-18, 13.0)])})
        assert all(names[0] == "talker" for names in [*said[20:240], *said[430:640]])
        assert all("cleaner" in names for names in said[60:])

    @pytest.mark.parametrize("noise_level", [-80, -50])
    @pytest.mark.parametrize("loudnesses", [(-25, -25), (-38, -10), (-10, -38)])
    def test_who_takes_turns_has_the_floor_half_a_second_later(
        self, loudnesses: tuple[int, int], noise_level: float
    ) -> None:
        """However unequal their microphones."""
        first, second = noise(noise_level, 12.0), noise(noise_level, 12.0, seed=1)
        for turn in range(4):
            text, who = ((FIRST_SPEECH, first), (SECOND_SPEECH, second))[turn % 2]
            put(at_loudness(speech(text), loudnesses[turn % 2])[: 3 * RATE], at=3.0 * turn, into=who)
        said = who_speaks({"first": first, "second": second})
        for turn in range(1, 4):
            assert said[turn * 150 + 26][0] == ("first", "second")[turn % 2]

    def test_who_is_interrupted_and_goes_on_keeps_the_floor(self) -> None:
        """A word thrown in is not a turn, however loud it is."""
        shouting = noise(-72, 10.0)
        put(at_loudness(speech(SECOND_SPEECH), -5)[: RATE // 3], at=3.0, into=shouting)
        said = who_speaks({"talker": at_loudness(speech(), -38), "shouter": shouting})
        assert all(names[0] == "talker" for names in said[20:])

    def test_the_order_seldom_changes_while_many_talk_at_once(self) -> None:
        sounds = {
            "a": at_loudness(speech(FIRST_SPEECH), -40),
            "b": at_loudness(speech(SECOND_SPEECH, "en-gb+f3"), -30),
            "c": at_loudness(speech(THIRD_SPEECH, "en-us+m3"), -20),
            "d": at_loudness(speech(SECOND_SPEECH, "en-us+f4"), -10),
        }
        said = who_speaks(sounds)[50:500]
        changes = sum(before != after for before, after in pairwise(said))
        assert changes <= 9  # in nine seconds

    def test_who_left_is_not_mentioned(self) -> None:
        session = RoomSession()
        session.set_stage(1, frozenset({"a", "b"}))
        for block in ticks(tone(440)):
            session.mix({"a": block, "b": block})
        assert session.speaking() == ("a", "b")
        session.leave("a")
        assert session.speaking() == ("b",)
        session.mix({})
        assert session.speaking() == ("b",)
