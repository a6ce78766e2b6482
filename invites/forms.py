"""Sign-up, for somebody with an invite."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User, normalised_email
from accounts.own_data_forms import age_field, agrees_field
from invites.errors import ADVICE, WRONG_ADDRESS, InviteRefused
from invites.gate import accepted_invite
from invites.pages import refusal_page


class InvitedSignupForm(SignupForm):
    """E-mail and password; the address is fixed when the invite is bound to one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invite = accepted_invite(context.request)
        if self.invite is not None and self.invite.email:
            self.fields["email"].initial = self.invite.email
            self.fields["email"].widget.attrs["readonly"] = True
            self.fields["email"].help_text = _("Your invite is for this address.")
        self.fields["is_old_enough"] = age_field()
        self.fields["agrees"] = agrees_field()

    def clean_email(self) -> str:
        """The address in one spelling; the invite's own, if it is bound to one."""
        email = super().clean_email()
        if self.invite is not None and self.invite.email and normalised_email(email) != self.invite.email:
            raise forms.ValidationError(ADVICE[WRONG_ADDRESS], code=WRONG_ADDRESS)
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The account and its seat commit together, or neither: whoever comes too late is told why."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # as much work as for a new account: the answer takes as long
        try:
            with transaction.atomic():
                return super().try_save(request)
        except InviteRefused as refusal:
            return None, refusal_page(request, refusal)
