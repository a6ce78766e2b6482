"""Lists of terms that staff look for in what people write, and what waits because of them."""

from collections.abc import Mapping
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_id
from moderation.text.finding import Outcome, TermKind
from moderation.text.folding import fold
from rooms.models import Participant, Room

MAX_PATTERN = 120
_FEWEST_LETTERS = 2


class TermLanguage(models.TextChoices):
    """Whose list a term is of. It is looked for in every text: people switch languages."""

    ANY = "", _("any language")
    ENGLISH = "en", "English"
    CHINESE = "zh", "中文"
    KOREAN = "ko", "한국어"


class Category(models.TextChoices):
    """Why a term is on a list."""

    CONTACT = "contact", _("luring elsewhere, contact spam")
    FRAUD = "fraud", _("fraud")
    HATE = "hate", _("hatred of a group")
    INSULT = "insult", _("insult")
    SEXUAL = "sexual", _("sexual")
    VIOLENCE = "violence", _("violence")
    POSING = "posing", _("posing as staff or somebody else")
    OTHER = "other", _("other")


# What somebody reads whose words are refused, where staff have written nothing of their own.
REASONS = {
    Category.CONTACT: _("It asks people to go on elsewhere, as spam does."),
    Category.FRAUD: _("It promises money as frauds do."),
    Category.HATE: _("It holds a word that despises people for who they are."),
    Category.INSULT: _("It holds an insult."),
    Category.SEXUAL: _("It holds a sexual expression."),
    Category.VIOLENCE: _("It threatens."),
    Category.POSING: _("It reads as if it came from MiTalk’s staff."),
    Category.OTHER: _("It holds words that MiTalk does not accept."),
}


def _choices(enum: type, words: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(each.value, words[each.value]) for each in enum]  # type: ignore[attr-defined]


KIND_WORDS = {
    "word": _("a word by itself"),
    "phrase": _("words in a row"),
    "part": _("also within other words"),
}
OUTCOME_WORDS = {
    "allow": _("exception: let it pass"),
    "flag": _("let it pass and tell staff"),
    "hold": _("wait for staff"),
    "refuse": _("refuse"),
}


class Term(models.Model):
    """One entry: what is looked for, and what becomes of a text that holds it. An exception (`allow`) is an entry too:
    what lies within it is not found, if it is written as it stands here."""

    language = models.CharField(_("language"), max_length=2, choices=TermLanguage, blank=True)
    pattern = models.CharField(
        _("term"),
        max_length=MAX_PATTERN,
        help_text=_("As it is written plainly: disguises are seen through. Signs and capitals do not count."),
    )
    kind = models.CharField(
        _("where it stands"), max_length=6, choices=_choices(TermKind, KIND_WORDS), default=TermKind.WORD.value
    )
    outcome = models.CharField(
        _("what happens"), max_length=6, choices=_choices(Outcome, OUTCOME_WORDS), default=Outcome.FLAG.value
    )
    category = models.CharField(_("category"), max_length=10, choices=Category, default=Category.OTHER)
    reason = models.CharField(
        _("reason"),
        max_length=200,
        blank=True,
        help_text=_(
            "What somebody reads whose words are refused. Empty: what is said of the category, in their language."
        ),
    )
    note = models.CharField(_("note for staff"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    changed_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering: ClassVar = ["language", "category", "pattern"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["language", "pattern"], name="one_entry_a_language_and_term"),
        ]

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        """Refuse what would be found everywhere.

        Raises:
            ValidationError: code `term_too_short`.
        """
        self.pattern = " ".join(self.pattern.split())
        if sum(fold(self.pattern).counts) < _FEWEST_LETTERS:
            raise ValidationError(
                {"pattern": ValidationError(_("Two letters at least, once signs are left out."), code="term_too_short")}
            )


class TermsVersion(models.Model):
    """Another word with every change of the lists, by which processes see that theirs are old. There is one row."""

    token = models.CharField(max_length=24, default=random_id)

    class Meta:
        verbose_name = _("version of the terms")
        verbose_name_plural = _("versions of the terms")

    def __str__(self) -> str:
        return self.token


class HeldState(models.TextChoices):
    """What became of a text that waits."""

    WAITING = "waiting", _("waits")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class HeldText(models.Model):
    """Something that was written and waits for staff. Nobody else sees it but who wrote it; what was there before stays.
    Emptied some time after it was decided on."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    where = models.CharField(_("where"), max_length=40)
    target = models.CharField(
        max_length=40, blank=True, help_text=_("Public id of the room, topic or person that it belongs to.")
    )
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="held_texts", verbose_name=_("room")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("their account")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    before = models.TextField(_("what stays until then"), blank=True)
    text = models.TextField(_("what was written"), blank=True)
    because = models.CharField(_("because of"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=HeldState, default=HeldState.WAITING)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("text that waits")
        verbose_name_plural = _("texts that wait")
        ordering: ClassVar = ["at", "id"]
        permissions: ClassVar = [("decide_heldtext", _("Can decide on texts that wait"))]
        indexes: ClassVar = [
            models.Index(fields=["state", "at"], name="held_texts_waiting"),
            models.Index(fields=["target", "where", "state"], name="held_texts_of_a_target"),
        ]

    def __str__(self) -> str:
        return f"{self.where} {self.at:%Y-%m-%d %H:%M}"
