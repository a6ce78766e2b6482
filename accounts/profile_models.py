"""Rows beside a profile: what somebody knows and speaks, where else they are, and the names they had or wanted."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.links import MAX_LINK
from accounts.text import validate_words

MOST_TAGS = 8
MOST_LINKS = 5
MAX_TAG = 40

# Each in its own name, so that nobody needs to know what another calls it. The languages of rooms come first.
LANGUAGE_NAMES = {
    "en": "English",
    "zh": "中文",
    "ko": "한국어",
    "ar": "العربية",
    "bn": "বাংলা",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ms": "Bahasa Melayu",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
}


class Expertise(models.Model):
    """Something a person knows about, in a few words of their own."""

    profile = models.ForeignKey("accounts.Profile", on_delete=models.CASCADE, related_name="expertise")
    words = models.CharField(_("expertise"), max_length=MAX_TAG, validators=[MinLengthValidator(2), validate_words])
    key = models.CharField(max_length=80, editable=False, db_index=True, help_text=_("With case folded."))
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertise")
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "key"], name="one_expertise_a_profile_and_key"),
        ]

    def __str__(self) -> str:
        return self.words


class Language(models.Model):
    """A language that a person speaks."""

    profile = models.ForeignKey("accounts.Profile", on_delete=models.CASCADE, related_name="languages")
    code = models.CharField(_("language"), max_length=2, choices=list(LANGUAGE_NAMES.items()))
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "code"], name="one_language_a_profile_and_code"),
        ]

    def __str__(self) -> str:
        return LANGUAGE_NAMES.get(self.code, self.code)


class ProfileLink(models.Model):
    """Where else a person is found."""

    profile = models.ForeignKey("accounts.Profile", on_delete=models.CASCADE, related_name="links")
    url = models.URLField(_("link"), max_length=MAX_LINK)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["profile", "url"], name="one_link_a_profile_and_address"),
        ]

    def __str__(self) -> str:
        return self.url


class NameState(models.TextChoices):
    """What became of a name that somebody wanted."""

    DONE = "done", _("changed at once")
    WAITING = "waiting", _("waits for staff")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NameChange(models.Model):
    """A name that somebody took or wanted. One that looks like a claimed person's or staff's waits here; the one before it
    stays shown."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="name_changes", verbose_name=_("who")
    )
    before = models.CharField(_("name before"), max_length=60, blank=True)
    wanted = models.CharField(_("wanted name"), max_length=60)
    looks_like = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looks like"),
    )
    state = models.CharField(_("state"), max_length=10, choices=NameState, default=NameState.DONE)
    asked_at = models.DateTimeField(_("when"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of name")
        verbose_name_plural = _("changes of names")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="waiting"), name="one_name_waits_a_person"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "asked_at"]), models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.before} → {self.wanted}"
