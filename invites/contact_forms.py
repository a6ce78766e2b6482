"""A field for an e-mail address or a phone number, beside the country of a number that does not say it itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import contacts, phones
from accounts.contacts import Contact

PHONE_ERRORS = {
    phones.NEEDS_REGION: _("Choose the country of this number, or begin it with + and the country’s prefix."),
    phones.INVALID: _("This is no phone number that we can read. Begin it with + and the country’s prefix."),
    phones.NO_MESSAGES: _("This number takes no text messages. Give a mobile number."),
}


def contact_of(typed: str, region: str) -> Contact:
    """What was typed, as a contact.

    Raises:
        ValidationError: code `invalid` for an address, `phone_needs_region`, `phone_invalid`, `phone_takes_no_messages`.
    """
    if "@" in typed:
        validate_email(typed.strip())
        return contacts.email(typed)
    try:
        return contacts.phone(phones.parse(typed, region))
    except phones.PhoneRefused as refusal:
        raise ValidationError(PHONE_ERRORS[refusal.code], code=refusal.code) from refusal


class ContactForm(forms.Form):
    """Where somebody can be reached. `cleaned_data["contact"]` is a Contact, or None if it is optional and empty."""

    contact = forms.CharField(
        label=_("E-mail address or phone number"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    region = forms.ChoiceField(
        label=_("Country of the number"),
        required=False,
        help_text=_("Only for a phone number that does not begin with +."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = phones.region_choices(get_language() or "en")
        self.fields["region"].choices = [("", _("Not chosen")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the two together."""
        cleaned = super().clean() or {}
        typed = cleaned.get("contact")
        if isinstance(typed, str):
            try:
                cleaned["contact"] = contact_of(typed, cleaned.get("region", "")) if typed.strip() else None
            except ValidationError as error:
                self.add_error("contact", error)
        return cleaned


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
