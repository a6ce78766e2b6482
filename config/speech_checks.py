"""System checks of speech recognition: what is configured is there."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from rooms import speech
from rooms.audio.speech.engines import missing


@register(Tags.compatibility)
def check_speech(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E015: people are told that a machine listens; then it must be able to."""
    if settings.MITALK_SPEECH_ENGINE == speech.NONE:
        return []
    found = missing(settings.MITALK_SPEECH_ENGINE, speech.models())
    return [Error(wrong, hint=f"{remedy}, or MITALK_SPEECH_ENGINE=none.", id="mitalk.E015") for wrong, remedy in found]
