"""What a person types about a sanction."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.text import validate_prose
from moderation.models.appeals import MOST_APPEAL
from moderation.services.appeals import MIN_WORDS


class AppealForm(forms.Form):
    """Why it was wrong."""

    words = forms.CharField(
        label=_("Why it was wrong"),
        min_length=MIN_WORDS,
        max_length=MOST_APPEAL,
        validators=[validate_prose],
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What staff should know: what happened, and what they did not see. You can appeal once."),
    )
