"""Signing in by OpenID Connect: who is new still needs an invite."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from invites.errors import InviteRefused
from invites.gate import redeemable_invite
from invites.pages import refusal_page


class OpenIdGate(DefaultSocialAccountAdapter):
    """allauth's decisions where MiTalk differs. Whether somebody new may come in is the account adapter's: invites.gate."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The provider of the settings; none that somebody put into the database."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A new account in the seat of its invite, or neither: whoever comes too late is told why."""
        try:
            with transaction.atomic():
                return self._save_in_seat(request, sociallogin, form)
        except InviteRefused as refusal:
            raise ImmediateHttpResponse(refusal_page(request, refusal)) from refusal

    def _save_in_seat(self, request: HttpRequest, sociallogin: SocialLogin, form: Any) -> User:
        if form is not None:
            return super().save_user(request, sociallogin, form)  # the account adapter's takes the seat
        invite = redeemable_invite(request)
        sociallogin.user.set_unusable_password()
        sociallogin.user.save()
        get_account_adapter(request).seat(request, invite, sociallogin.user)  # proves the address, before it is kept
        return super().save_user(request, sociallogin, form)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: str | None = None
    ) -> None:
        """As for everything else that changes how one signs in."""
        told = {**(context or {}), "provider": context["provider"].name} if context else context
        get_account_adapter().send_notification_mail(template_prefix, user, told, email)
