"""Packets become utterances: with a moment before them and the time at which they began, whatever is lost on the way."""

from itertools import pairwise

import numpy as np
import pytest

from rooms.audio.evidence.packets import VoicePacket
from rooms.audio.speech.utterances import Utterance
from rooms.audio.speech.voices import Voices
from tests.audio.sounds import noise, nothing, speech
from tests.audio.speech.saying import as_packets

BEGAN_MS = 1_000_000


def cut(packets: list[VoicePacket]) -> list[Utterance]:
    voices = Voices()
    return [*voices.take("room", "en", packets, 0.0), *voices.look(100.0)]


def test_two_sentences_with_a_pause_are_two_utterances() -> None:
    one, pause = 0.7 * speech("Good evening everybody."), nothing(2)
    first, second = cut(as_packets(np.concatenate([pause, one, pause, one, pause]), began_ms=BEGAN_MS))
    length = len(one) / 48_000
    assert first.began_ms == pytest.approx(BEGAN_MS + 2_000, abs=400)
    assert second.began_ms == pytest.approx(BEGAN_MS + 4_000 + 1000 * length, abs=400)
    assert length <= first.seconds + 0.3 < length + 1.5


def test_noise_and_silence_are_no_utterance() -> None:
    assert cut(as_packets(np.concatenate([nothing(2), noise(-45, 5), nothing(2)]))) == []


def test_a_long_talk_is_cut_and_the_pieces_overlap() -> None:
    talk = np.tile(speech(), 3)
    pieces = cut(as_packets(talk))
    assert max(piece.seconds for piece in pieces) <= 15.01
    for before, after in pairwise(pieces):
        assert after.began_ms <= before.began_ms + 1000 * before.seconds + 1000


def test_whoever_is_muted_in_the_middle_of_a_word_has_finished() -> None:
    packets = as_packets(0.7 * speech())
    (utterance,) = cut(packets[:150])
    assert utterance.seconds == pytest.approx(3, abs=0.5)


def test_lost_late_and_broken_packets_cost_no_more_than_themselves() -> None:
    packets = as_packets(0.7 * speech("Good evening everybody, how are you today."))
    (whole,) = cut(packets)
    spoilt = [
        VoicePacket(each.person, each.at_ms, each.timestamp, b"\xff\xff\xff" if number % 17 == 5 else each.payload)
        for number, each in enumerate(packets)
        if number % 11
    ]
    spoilt.insert(40, packets[3])
    (heard,) = cut(spoilt)
    assert heard.seconds == pytest.approx(whole.seconds, abs=0.6)


def test_people_are_not_mixed_up() -> None:
    one = as_packets(0.7 * speech("Good evening everybody."), "anna")
    other = as_packets(0.7 * speech("Good evening everybody."), "bert")
    together = [packet for pair in zip(one, other, strict=False) for packet in pair]
    assert {(each.person, round(each.seconds, 1)) for each in cut(together)} == {
        (each.person, round(each.seconds, 1)) for each in [*cut(one), *cut(other)]
    }
