"""What engines that take dictation have in common: phrases are found in what they wrote down."""

from rooms.audio.speech.phrases import Found, Word, find


class Dictation:
    """An engine whose `words` are all it needs to say."""

    _phrases: dict[str, list[str]]

    def prepare(self, phrases: dict[str, list[str]]) -> list[str]:
        """It knows every word."""
        self._phrases = phrases
        return []

    def spot(self, sound: bytes, language: str) -> list[Found]:
        """The phrases in what was said."""
        wanted = self._phrases.get(language, [])
        return find(self.words(sound, language), wanted, language) if wanted else []

    def words(self, sound: bytes, language: str) -> list[Word]:
        """What was said."""
        raise NotImplementedError
