"""What machines listen for on stages, and how they keep up."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import SpokenLanguage
from rooms.audio.speech.phrases import fold


class SpeechPhrase(models.Model):
    """Words that staff want to know of when somebody says them on a stage."""

    language = models.CharField(_("language"), max_length=2, choices=SpokenLanguage, default=SpokenLanguage.ENGLISH)
    phrase = models.CharField(
        _("phrase"),
        max_length=80,
        help_text=_("Three or more words are found best; a single short word is heard where nobody said it."),
    )
    active = models.BooleanField(_("listened for"), default=True)

    class Meta:
        verbose_name = _("spoken phrase")
        verbose_name_plural = _("spoken phrases")
        ordering: ClassVar = ["language", "phrase"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["language", "phrase"], name="one_spoken_phrase_a_language")
        ]

    def __str__(self) -> str:
        return self.phrase

    def clean(self) -> None:
        """It must hold something that can be said."""
        if not fold(self.phrase):
            raise ValidationError({"phrase": _("Write at least one word.")})


class ListeningState(models.TextChoices):
    """How a recogniser stands: rooms.audio.speech.watch.State."""

    STARTING = "starting", _("starting")
    LISTENING = "listening", _("listening")
    BEHIND = "behind", _("cannot keep up: some people are not listened to")
    BROKEN = "broken", _("stopped, and is started again")


class Recogniser(models.Model):
    """The speech recognition of one audio worker, as it last told of itself."""

    worker = models.CharField(_("audio worker"), max_length=60, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=ListeningState)
    at = models.DateTimeField(_("last heard of"), default=timezone.now)
    waiting_seconds = models.FloatField(_("seconds of speech that wait"), default=0)
    listened_seconds = models.FloatField(_("seconds of speech listened to"), default=0)
    left_out_seconds = models.FloatField(_("seconds of speech left out"), default=0)
    unknown = models.JSONField(_("phrases that it cannot hear"), default=list)

    class Meta:
        verbose_name = _("speech recogniser")
        verbose_name_plural = _("speech recognisers")
        ordering: ClassVar = ["worker"]

    def __str__(self) -> str:
        return self.worker
