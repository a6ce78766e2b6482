"""Sign-up, for somebody with an invite."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from allauth.account.utils import setup_user_email
from allauth.core import context
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User, normalised_email, random_id
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
        try:
            if self.account_already_exists:
                self._rehearse(request)
            with transaction.atomic():
                return super().try_save(request)
        except InviteRefused as refusal:
            return None, refusal_page(request, refusal)

    def _rehearse(self, request: HttpRequest) -> None:
        """As much work as for a new account, so that the answer takes as long; then it is undone."""
        taken = self.cleaned_data["email"]
        self.cleaned_data["email"] = f"{random_id()}@example.invalid".lower()
        try:
            with transaction.atomic():
                user = get_adapter().save_user(request, get_adapter().new_user(request), self)
                setup_user_email(request, user, [])
                transaction.set_rollback(True)
        except InviteRefused:
            if self.invite is None or not self.invite.email:  # else it is for another than the one who rehearses
                raise
        finally:
            self.cleaned_data["email"] = taken
