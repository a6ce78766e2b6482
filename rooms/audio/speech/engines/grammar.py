"""pocketsphinx, which spots phrases by a grammar of its own and takes no dictation: it is poor at free speech.

The grammar is a small language model: the phrases, whose words follow each other, among common words that stand for all
else. Where a phrase fits better than they do, it was said. Its own keyphrase search missed all of the synthetic speech that
this finds, and a grammar with a free loop of words takes ten times as long as the speech itself.
"""

import math
import re
import tempfile
from itertools import pairwise
from pathlib import Path

import pocketsphinx

from rooms.audio.speech.phrases import Found, Word, fold

_FOLLOWS = 0.9  # how likely the next word of a phrase follows
_FRAMES_A_SECOND = 100
_VARIANT = re.compile(r"\(\d+\)$")  # of a word with several pronunciations

_COMMON = """
the of and to a in is you that it he was for on are with as i his they be at one have this from or had by hot
but some what there we can out other were all your when up use word how said an each she which do their time
if will way about many then them would write like so these her long make thing see him two has look more day
could go come did my sound no most number who over know water than call first people may down side been now
find any new work part take get place made live where after back little only round man year came show every
good me give our under name very through just form much great think say help low line before turn cause same
mean differ move right boy old too does tell sentence set three want air well also play small end put home
read hand port large spell add even land here must big high such follow act why ask men change went light kind
off need house picture try us again animal point mother world near build self earth father meeting minutes
please seats
""".split()  # noqa: SIM905 - a list of words would be a page


class Grammar:
    """See the module."""

    def __init__(self, model: str) -> None:
        self._acoustic = (
            {"hmm": str(Path(model) / "en-us"), "dict": str(Path(model) / "cmudict-en-us.dict")} if model else {}
        )
        self._phrases: dict[str, str] = {}  # as the engine writes them → as staff did
        self._decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", **self._acoustic)

    def prepare(self, phrases: dict[str, list[str]]) -> list[str]:
        """Listen for these; a phrase with a word that is in no dictionary is told."""
        known, unknown = {}, []
        for phrase in phrases.get("en", []):
            words = fold(phrase)
            if words and all(self._decoder.lookup_word(word) is not None for word in words.split()):
                known[words] = phrase
            else:
                unknown.append(phrase)
        self._phrases = known
        if known:
            with tempfile.NamedTemporaryFile("w", suffix=".arpa") as file:
                file.write(language_model(list(known)))
                file.flush()
                self._decoder = pocketsphinx.Decoder(lm=file.name, loglevel="FATAL", **self._acoustic)
        return unknown

    def spot(self, sound: bytes, language: str) -> list[Found]:
        """The phrases in a sound; no words around them, for those would be guessed."""
        if not self._phrases or language != "en":
            return []
        self._decoder.start_utt()
        # Whole: then it is normalised by its own mean, not by that of whoever spoke before.
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()
        segments = [
            (_VARIANT.sub("", segment.word), segment.start_frame, segment.end_frame)
            for segment in self._decoder.seg() or ()
            if segment.word[0] not in "<[+"
        ]
        said = [word for word, _first, _last in segments]
        found = []
        for words, phrase in self._phrases.items():
            wanted = words.split()
            for place in range(len(said) - len(wanted) + 1):
                if said[place : place + len(wanted)] == wanted:
                    first, last = segments[place][1], segments[place + len(wanted) - 1][2]
                    found.append(Found(phrase, first / _FRAMES_A_SECOND, last / _FRAMES_A_SECOND))
        return sorted(found, key=lambda each: each.from_seconds)

    def words(self, sound: bytes, language: str) -> list[Word]:
        """It takes no dictation."""
        return []


def language_model(phrases: list[str]) -> str:
    """Phrases among common words, in the format of ARPA."""
    words = sorted({*_COMMON, *(word for phrase in phrases for word in phrase.split())})
    follow: dict[str, set[str]] = {}
    for phrase in phrases:
        parts = phrase.split()
        for before, after in pairwise(parts):
            follow.setdefault(before, set()).add(after)
    each, rest = math.log10(0.98 / len(words)), math.log10(1 - _FOLLOWS)
    lines = ["\\data\\", f"ngram 1={len(words) + 2}", f"ngram 2={sum(map(len, follow.values()))}", "", "\\1-grams:"]
    lines += ["-99 <s> 0", "-2 </s> 0"]
    lines += [f"{each:.4f} {word} {rest if word in follow else 0:.4f}" for word in words]
    lines += ["", "\\2-grams:"]
    for before, afters in sorted(follow.items()):
        lines += [f"{math.log10(_FOLLOWS / len(afters)):.4f} {before} {after}" for after in sorted(afters)]
    return "\n".join([*lines, "", "\\end\\", ""])


def load(models: dict[str, str]) -> Grammar:
    """With its own American English, or a folder that holds one."""
    return Grammar(models.get("en", ""))
