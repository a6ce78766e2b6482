"""What somebody says who asks to be let in, and what members say about them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.contact_forms import ContactForm
from accounts.models import Industry
from accounts.text import tidy, validate_line
from accounts.written import refuse_in_form
from invites.models import Application, Vouch
from invites.models.application import MOST_WORDS


class ApplicationForm(ContactForm, forms.ModelForm):
    """Who they are, where they are reached, and why."""

    industry = forms.ModelChoiceField(label=_("Industry"), queryset=Industry.objects.all(), empty_label=_("Not chosen"))

    class Meta:
        model = Application
        fields = ("name", "occupation", "industry", "why", "vouchers")
        labels = {
            "name": _("Your name"),
            "occupation": _("What you do"),
            "why": _("Why you would like to be in MiTalk"),
            "vouchers": _("Who could vouch for you"),
        }
        help_texts = {"vouchers": _("Members whom you know, by name.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "occupation": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "why": forms.Textarea(attrs={"rows": 4}),
        }

    field_order = ("name", "contact", "region", "occupation", "industry", "why", "vouchers")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].label = _("Work e-mail address or mobile number")
        self.fields["contact"].help_text = _("We send a code there now, and the answer later.")
        self.order_fields(self.field_order)

    def clean_why(self) -> str:
        """Lines become one: it is a paragraph."""
        return tidy(self.cleaned_data["why"])

    def clean_vouchers(self) -> str:
        """In one line."""
        return tidy(self.cleaned_data["vouchers"])

    def clean(self) -> dict[str, Any]:
        """Words that a list of terms refuses are refused."""
        cleaned = super().clean() or self.cleaned_data
        refuse_in_form(self, [(name, f"application.{name}") for name in ("name", "occupation", "why", "vouchers")])
        return cleaned

    def validate_constraints(self) -> None:
        """Whether somebody has applied before is nobody else's business."""


class AnswerForm(forms.Form):
    """The answer to a question of staff."""

    answer = forms.CharField(label=_("Your answer"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}))

    def clean_answer(self) -> str:
        """A paragraph that can be read."""
        answer = tidy(self.cleaned_data["answer"])
        validate_line(answer)
        return answer

    def clean(self) -> dict[str, Any]:
        """Words that a list of terms refuses are refused."""
        refuse_in_form(self, [("answer", "application.answer")])
        return self.cleaned_data


class VouchForm(forms.ModelForm):
    """How a member knows an applicant."""

    class Meta:
        model = Vouch
        fields = ("words",)
        labels = {"words": _("How do you know them?")}

    def clean_words(self) -> str:
        """In one line."""
        return tidy(self.cleaned_data["words"])

    def clean(self) -> dict[str, Any]:
        """Words that a list of terms refuses are refused."""
        cleaned = super().clean() or self.cleaned_data
        refuse_in_form(self, [("words", "vouch.words")])
        return cleaned
