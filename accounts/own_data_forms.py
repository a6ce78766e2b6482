"""What one says about terms, age, and the end of an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.own_data import documents


def _links() -> str:
    found = ((reverse("accounts:document", args=[one.name]), one.title) for one in documents.current())
    return format_html_join(" · ", '<a href="{}">{}</a>', found)


def _age_label() -> str:
    return gettext("I am at least %(years)d years old") % {"years": settings.LEAST_AGE}


def agrees_field() -> forms.BooleanField:
    """To what one agrees, with the texts beside it."""
    return forms.BooleanField(
        label=_("I agree to the terms and the community rules, and have read the privacy notice"),
        help_text=lazy(_links, str)(),
        error_messages={"required": _("Without this you cannot be in MiTalk.")},
    )


def age_field() -> forms.BooleanField:
    """Only the yes is kept, and when it was said."""
    return forms.BooleanField(
        label=lazy(_age_label, str)(),
        error_messages={"required": _("MiTalk is for those who are old enough.")},
    )


class AgreementForm(forms.Form):
    """Terms that are new to somebody."""

    def __init__(self, *args: Any, asks_age: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"] = agrees_field()
        if asks_age:
            self.fields["is_old_enough"] = age_field()


class DeleteForm(forms.Form):
    """Typing the address shows that it is meant."""

    typed = forms.CharField(
        label=_("Type your e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = address
        self.fields["typed"].help_text = format_html("<code>{}</code>", address)

    def clean_typed(self) -> str:
        """It must be theirs.

        Raises:
            ValidationError: code `typed_another`.
        """
        typed = self.cleaned_data["typed"].strip()
        if typed.casefold() != self._address.casefold():
            raise forms.ValidationError(_("This is not your e-mail address."), code="typed_another")
        return typed
