"""What a report asks for: the same on its page, and in the dialog over the page of what is reported."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import tidy
from moderation.words import CATEGORIES
from rooms.domain.messages import ReportCategory

CHOOSE = _("Choose what it is about.")
_A_DAY_MINUTES = 1440


class ReportForm(forms.Form):
    """A category and a line; of a room that is over, the moment as well."""

    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose …")), *CATEGORIES],  # nobody's report is filed under the first by accident
        widget=forms.Select(attrs={"data-choose": CHOOSE}),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    line = forms.CharField(
        label=_("In your words"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("How many minutes into the room was it?"),
        required=False,
        min_value=0,
        max_value=_A_DAY_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, asks_moment: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_moment:
            del self.fields["minutes"]

    def clean_category(self) -> ReportCategory:
        """As the rest of MiTalk knows it."""
        return ReportCategory(self.cleaned_data["category"])

    def clean_line(self) -> str:
        """In one line. Anything may be quoted in it: staff see it escaped."""
        return tidy(self.cleaned_data["line"])

    @property
    def seconds_in(self) -> int | None:
        """The moment that was told; None, if it was not."""
        minutes = self.cleaned_data.get("minutes")
        return None if minutes is None else minutes * 60
