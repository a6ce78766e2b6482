"""Fields for an e-mail address or a phone number, beside the country of a number that does not say it itself; and for the
code that proves one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import contacts, phones, sms_budget
from accounts.contacts import Channel, Contact
from accounts.one_time_codes import Answer

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
    return phone_of(typed, region)


def phone_of(typed: str, region: str) -> Contact:
    """What was typed, as a phone.

    Raises:
        ValidationError: `phone_needs_region`, `phone_invalid`, `phone_takes_no_messages`.
    """
    try:
        return contacts.phone(phones.parse(typed, region))
    except phones.PhoneRefused as refusal:
        raise ValidationError(PHONE_ERRORS[refusal.code], code=refusal.code) from refusal


BUDGET_ERRORS = {
    sms_budget.USED_UP: _("No more text messages can be sent today. Use an e-mail address, or come back tomorrow."),
    sms_budget.NOT_THERE: _("We send no text messages to this country. Use an e-mail address."),
}


def demand_messages(contact: Contact) -> None:
    """See that a text message can go to a phone today: nobody waits for one that is not sent.

    Raises:
        ValidationError: `sms_used_up`, `sms_not_there`.
    """
    if contact.channel is Channel.SMS and (code := sms_budget.closed_for(contact)):
        raise ValidationError(BUDGET_ERRORS[code], code=code)


class ContactForm(forms.Form):
    """Where somebody can be reached. `cleaned_data["contact"]` is a Contact, or None if it is optional and empty."""

    read = staticmethod(contact_of)

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
        """Read the two together; to a phone that no message can go to now, none is promised."""
        cleaned = super().clean() or {}
        typed = cleaned.get("contact")
        if isinstance(typed, str):
            try:
                contact = self.read(typed, cleaned.get("region", "")) if typed.strip() else None
                if contact is not None:
                    demand_messages(contact)
                cleaned["contact"] = contact
            except ValidationError as error:
                self.add_error("contact", error)
        return cleaned


class PhoneForm(ContactForm):
    """A phone."""

    read = staticmethod(phone_of)

    contact = forms.CharField(
        label=_("Mobile number"),
        max_length=phones.MOST_LETTERS,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )


CODE_ERRORS = {
    Answer.WRONG: _("That is not the code."),
    Answer.OVER: _("That code is good no more. Ask for a new one."),
}


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
