"""The form by which staff answer all whom they chose, each in their language."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.reply_models import MOST_WORDS, ThreeLanguages


class RepliesForm(forms.Form):
    """A template, one's own words after it, and a reason for staff. `may_be_silent`: it can be left without a word."""

    template: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Template"),
        queryset=None,
        required=False,
        empty_label=_("None"),
        help_text=_("Each reads it in their own language."),
    )
    words = forms.CharField(
        label=_("Your own words"),
        max_length=MOST_WORDS,
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("They come after the template, to everybody as they are."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("For staff only; it is in the audit log."),
        widget=AdminTextInputWidget,
    )

    def __init__(
        self,
        *args: Any,
        templates: QuerySet[ThreeLanguages],
        may_be_silent: bool,
        needs_reason: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]
        self.fields["template"].initial = templates.first()
        self.fields["reason"].required = needs_reason
        self._may_be_silent = may_be_silent

    def clean(self) -> dict[str, Any]:
        """Nobody is declined or asked without a word."""
        cleaned = super().clean() or {}
        if not self._may_be_silent and not (cleaned.get("template") or cleaned.get("words")):
            raise ValidationError(_("Choose a template or write something."), code="reply_empty")
        return cleaned
