"""What members say when they claim something."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.claim_models import MOST_WORDS, DocumentKind
from accounts.claims import requesting, uploads, work_domains
from accounts.claims.uploads import DocumentRefused, read_document
from accounts.claims.work_domains import DomainRefused, work_address
from accounts.text import tidy, validate_line, validate_words

REFUSALS = {
    work_domains.INVALID: _("This is no e-mail address that we can write to."),
    work_domains.FREE_MAIL: _("Anybody gets an address there. Type one of where you work."),
    work_domains.THROW_AWAY: _("Addresses there are thrown away. Type one of where you work."),
    work_domains.NO_ORGANISATION: _("This domain is nobody’s own. Type an address of where you work."),
    uploads.TOO_LARGE: _("This is too large: at most 5 MB, and 40 million pixels."),
    uploads.WRONG_TYPE: _("Send a PDF, a JPEG or a PNG."),
    uploads.BUSY: _("Many pictures are being read just now. Try again in a minute."),
    uploads.UNREADABLE: _("This file cannot be read. Save or scan it again."),
    requesting.TOO_MANY_OPEN: _("Five of your claims wait already. Withdraw one, or wait for an answer."),
    requesting.RENEWAL_OPEN: _("This renewal waits already."),
    requesting.WAS_REVOKED: _("Staff have revoked this. It can be proven again a year later."),
}


DOCUMENT_KINDS = [
    (DocumentKind.EMPLOYMENT, _("Where I work, and as what")),
    (DocumentKind.DEGREE, _("A degree")),
    (DocumentKind.OTHER, _("Something else")),
]


class WorkAddressForm(forms.Form):
    """Where somebody works, by an address there. `cleaned_data["address"]` is in one spelling."""

    address = forms.EmailField(
        label=_("Work e-mail address"),
        max_length=254,
        help_text=_("Others see its domain, never the address. We send a code there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_address(self) -> str:
        """One of an organisation’s."""
        try:
            address, _organisation = work_address(self.cleaned_data["address"])
        except DomainRefused as refusal:
            raise ValidationError(REFUSALS[refusal.code], code=refusal.code) from refusal
        return address


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class DocumentField(forms.FileField):
    """A file; cleaned, it is a `Document`, or None."""

    widget = forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """By what is in it."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        try:
            return read_document(upload)
        except DocumentRefused as refusal:
            raise ValidationError(REFUSALS[refusal.code], code=refusal.code) from refusal


def _line(label: Any, most: int, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=help_text,
        required=required,
        validators=[MinLengthValidator(2), validate_words],
    )


class _RequestForm(forms.Form):
    """What both kinds have that staff decide."""

    note = forms.CharField(
        label=_("To staff"),
        required=False,
        max_length=MOST_WORDS,
        validators=[MaxLengthValidator(MOST_WORDS), validate_line],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only they read it."),
    )

    def clean_note(self) -> str:
        """In one paragraph."""
        return tidy(self.cleaned_data["note"])


class DocumentForm(_RequestForm):
    """Something that a document shows."""

    document_kind = forms.ChoiceField(label=_("What it shows"), choices=DOCUMENT_KINDS)
    about = _line(
        _("What others read"), 100, _("Such as “Process engineer at Harbour Fab” or “MSc Physics, KAIST, 2016”.")
    )
    document = DocumentField(
        label=_("The document"),
        help_text=_("PDF, JPEG or PNG, 5 MB at most. Cover what is nobody’s business."),
    )
    field_order = ("document_kind", "about", "document", "note")


class LicenceForm(_RequestForm):
    """A licence that is in a register."""

    about = _line(_("Register"), 100, _("Who licensed you, such as “Korean Bar Association”. Others read it."))
    jurisdiction = _line(_("Where it holds"), 60, _("A country or a state. Others read it."))
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        validators=[validate_line],
        help_text=_("Staff look it up. Nobody else sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    good_until = forms.DateField(
        label=_("Good until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If it ends."),
    )
    document = DocumentField(
        label=_("A copy"),
        required=False,
        help_text=_("If the register is not public. PDF, JPEG or PNG, 5 MB at most."),
    )
    field_order = ("about", "jurisdiction", "number", "good_until", "document", "note")

    def clean_good_until(self) -> date | None:
        """Not over yet."""
        found = self.cleaned_data["good_until"]
        if found is not None and found <= date.today():  # noqa: DTZ011 - a day, wherever the register is
            raise ValidationError(_("This is over already."), code="licence_over")
        return found


class AnswerForm(forms.Form):
    """The answer to a question of staff."""

    answer = forms.CharField(label=_("Your answer"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))
    document = DocumentField(
        label=_("Another document"), required=False, help_text=_("In place of the one that you sent.")
    )

    def clean_answer(self) -> str:
        """A paragraph that can be read."""
        answer = tidy(self.cleaned_data["answer"])
        validate_line(answer)
        return answer
