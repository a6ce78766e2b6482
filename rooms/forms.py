"""What a person types to make a topic, open a room, or change what was chosen for it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.text import validate_words
from accounts.written import refuse_in_form
from rooms import selectors
from rooms.domain.snapshot import SLOW_MODES, Confidentiality, HandPolicy, Visibility
from rooms.models import Room, Topic
from rooms.wording import CONFIDENTIALITY, VISIBILITY


class TopicForm(forms.ModelForm):
    """A topic within an industry."""

    class Meta:
        model = Topic
        fields = ["name", "industry"]
        help_texts = {"name": _("What rooms will be about, in a few words.")}

    def clean(self) -> dict[str, Any]:
        """Words that a list of terms refuses are refused."""
        cleaned = super().clean() or self.cleaned_data
        refuse_in_form(self, [("name", "topic.name")])
        return cleaned

    def validate_unique(self) -> None:
        """A topic that is already there is used, not refused."""

    def validate_constraints(self) -> None:
        """See validate_unique."""


def _explained(words: Mapping[Any, tuple[Any, Any]]) -> list[tuple[str, Any]]:
    """Choices, each with what it means under its name."""
    return [
        (choice.value, format_html('<b>{}</b> <span class="help">{}</span>', name, meaning))
        for choice, (name, meaning) in words.items()
    ]


def _slow_modes() -> list[tuple[int, Any]]:
    return [(0, _("Off")), *((seconds, _("One message in %d seconds") % seconds) for seconds in SLOW_MODES[1:])]


class ExplainedField(forms.ChoiceField):
    """One of a few, as radio buttons that say what they mean."""

    widget = forms.RadioSelect

    def __init__(self, words: Mapping[Any, tuple[Any, Any]], *, default: StrEnum, **kwargs: Any) -> None:
        # A function: the words are in the reader's language, each time.
        super().__init__(choices=lambda: _explained(words), initial=default.value, **kwargs)


class RoomForm(forms.ModelForm):
    """A room that opens now. Title and topic come first; what else can be chosen has a sensible choice already."""

    ALWAYS: ClassVar[tuple[str, ...]] = ("title", "topic")

    visibility = ExplainedField(VISIBILITY, default=Visibility.MEMBERS, label=_("Who may enter"))
    confidentiality = ExplainedField(
        CONFIDENTIALITY, default=Confidentiality.ON_RECORD, label=_("What may be told of it")
    )
    hand_policy = forms.ChoiceField(
        label=_("Who may raise a hand"),
        choices=[
            (HandPolicy.EVERYONE.value, _("Everyone")),
            (HandPolicy.FOLLOWED.value, _("People whom somebody on stage follows")),
            (HandPolicy.NOBODY.value, _("Nobody")),
        ],
    )
    slow_mode = forms.TypedChoiceField(label=_("Slow mode of the chat"), coerce=int, choices=_slow_modes)
    speakers = forms.CharField(
        label=_("Who speaks with you"),
        required=False,
        max_length=1000,
        help_text=_("Their e-mail addresses, separated by commas. They sit on stage when they enter, muted."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Room
        fields = [
            "title",
            "topic",
            "language",
            "description",
            "speakers",
            "visibility",
            "confidentiality",
            "hand_policy",
            "stage_size",
            "slow_mode",
        ]
        help_texts = {"title": _("What it is about, as you would say it to a colleague.")}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, host: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._host = host
        self._named = 0
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ModelChoiceField)
        topic.queryset = selectors.topics()
        topic.empty_label = _("Choose a topic")

    @property
    def always(self) -> list[forms.BoundField]:
        """The fields that everybody fills in."""
        return [self[name] for name in self.ALWAYS]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that have a sensible choice already."""
        return [field for field in self.visible_fields() if field.name not in self.ALWAYS]

    @property
    def more_is_wrong(self) -> bool:
        """Whether one of those was refused, and must be seen."""
        return any(field.errors for field in self.more)

    def clean_description(self) -> str:
        """Lines become one: a description is a paragraph."""
        text = " ".join(self.cleaned_data["description"].split())
        if text:
            validate_words(text)
        return text

    def clean_speakers(self) -> list[User]:
        """The members of these addresses. Whoever is no member is passed over in silence: a room tells nobody who is one."""
        addresses = [address.strip() for address in self.cleaned_data["speakers"].split(",") if address.strip()]
        self._named = len(addresses)  # of whom some may be no members, which the count must not tell
        return selectors.members_by_email(addresses, but=self._host)

    def clean(self) -> dict[str, Any]:
        """The stage has a seat for everybody who was named."""
        cleaned = super().clean() or self.cleaned_data
        seats = cleaned.get("stage_size")
        if seats and self._named >= seats:
            self.add_error("speakers", self._too_many(seats - 1))
        words = [(name, f"room.{name}") for name in ("title", "description")]
        refuse_in_form(self, words, language=cleaned.get("language", ""))
        return cleaned

    @staticmethod
    def _too_many(most: int) -> forms.ValidationError:
        return forms.ValidationError(
            _("A stage has room for you and %(most)d more."), code="too_many_speakers", params={"most": most}
        )


class ConfidentialityForm(forms.Form):
    """Another confidentiality for a room."""

    confidentiality = ExplainedField(
        CONFIDENTIALITY, default=Confidentiality.ON_RECORD, label=_("What may be told of it")
    )
