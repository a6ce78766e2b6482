"""Which phrases are listened for on stages."""

from moderation.models import SpeechPhrase


def phrases() -> list[tuple[str, str]]:
    """Language and phrase of each."""
    return list(SpeechPhrase.objects.filter(active=True).values_list("language", "phrase"))
