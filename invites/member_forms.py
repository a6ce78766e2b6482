"""What a member chooses when they invite."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.contact_forms import ContactForm
from accounts.models import User
from accounts.text import tidy, validate_words
from accounts.written import HOLD, REFUSE, check_text, refusal
from invites import selectors
from rooms.models import Room

MOST_SEATS_OF_ONE = 20


class RoomChoice(forms.ModelChoiceField):
    """A room by its title."""

    def label_from_instance(self, obj: Room) -> str:
        return obj.title


class InviteForm(ContactForm):
    """For one address or phone, or a link to copy."""

    seats = forms.IntegerField(
        label=_("How many people the link lets in"),
        initial=1,
        min_value=1,
        max_value=MOST_SEATS_OF_ONE,
        help_text=_("An invite for one address or phone lets in one."),
    )
    note = forms.CharField(
        label=_("A personal note"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read it before they come in."),
    )
    room = RoomChoice(
        label=_("Into a room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=_("Into the hallway"),
        to_field_name="public_id",
        help_text=_("Where they land once they have joined."),
    )
    language = forms.ChoiceField(label=_("Language of the message"), choices=settings.LANGUAGES)

    field_order = ("contact", "region", "note", "room", "seats", "language")

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].required = False
        self.fields["contact"].help_text = _("Left empty, you get a link and a QR code to pass on yourself.")
        self.fields["room"].queryset = selectors.rooms_to_invite_into(member)  # type: ignore[attr-defined]
        self.fields["language"].initial = get_language()

    def clean_note(self) -> str:
        """A note that can be read."""
        note = tidy(self.cleaned_data["note"])
        if note:
            validate_words(note)
            verdict = check_text("invite.note", note)
            if verdict.outcome in (HOLD, REFUSE):  # it goes out at once: nothing can wait
                raise refusal(verdict)
        return note

    def clean(self) -> dict[str, Any]:
        """One address, one seat."""
        cleaned = super().clean()
        if cleaned.get("contact") and cleaned.get("seats", 1) > 1:
            self.add_error(
                "seats",
                ValidationError(_("An invite for one address or phone has one seat."), code="bound_has_one_seat"),
            )
        return cleaned
