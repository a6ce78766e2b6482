"""What a person says about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile
from accounts.portraits import PORTRAITS


class ProfileForm(forms.ModelForm):
    """The professional profile."""

    portrait = forms.ChoiceField(
        label=_("Portrait"),
        required=False,
        choices=[("", _("My initials")), *((name, name) for name in PORTRAITS)],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Profile
        fields = ["name", "headline", "organisation", "industry", "language", "portrait"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "headline": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
        }
