"""What a person types to make a topic or open a room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rooms import selectors
from rooms.domain.snapshot import HandPolicy, Visibility
from rooms.models import Room, Topic

MOST_SPEAKERS = 7  # beside the host, on a stage of eight


class TopicForm(forms.ModelForm):
    """A topic within an industry."""

    class Meta:
        model = Topic
        fields = ["name", "industry"]
        help_texts = {"name": _("What rooms will be about, in a few words.")}

    def validate_unique(self) -> None:
        """A topic that is already there is used, not refused."""

    def validate_constraints(self) -> None:
        """See validate_unique."""


class RoomForm(forms.ModelForm):
    """A room that opens now."""

    visibility = forms.ChoiceField(
        label=_("Who may enter"),
        choices=[(Visibility.MEMBERS.value, _("Members")), (Visibility.PUBLIC.value, _("Everybody with the link"))],
        help_text=_("Guests listen without an account. They are counted, never on stage."),
    )
    hand_policy = forms.ChoiceField(
        label=_("Who may raise a hand"),
        choices=[
            (HandPolicy.EVERYONE.value, _("Everyone")),
            (HandPolicy.FOLLOWED.value, _("People whom somebody on stage follows")),
            (HandPolicy.NOBODY.value, _("Nobody")),
        ],
    )
    speakers = forms.CharField(
        label=_("Who speaks with you"),
        required=False,
        max_length=1000,
        help_text=_("Their e-mail addresses, separated by commas. They sit on stage when they enter, muted."),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = Room
        fields = ["title", "topic", "language", "visibility", "hand_policy"]
        help_texts = {"title": _("What it is about, as you would say it to a colleague.")}

    def __init__(self, *args: Any, host: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._host = host
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ModelChoiceField)
        topic.queryset = selectors.topics()
        topic.empty_label = _("Choose a topic")

    def clean_speakers(self) -> list[User]:
        """The members of these addresses. Whoever is no member is passed over in silence: a room tells nobody who is one."""
        addresses = [address.strip() for address in self.cleaned_data["speakers"].split(",") if address.strip()]
        if len(addresses) > MOST_SPEAKERS:
            raise forms.ValidationError(
                _("A stage has room for you and %(most)d more."),
                code="too_many_speakers",
                params={"most": MOST_SPEAKERS},
            )
        return selectors.members_by_email(addresses, but=self._host)
