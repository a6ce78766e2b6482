"""allauth's decisions about accounts where MiTalk differs, invites left aside (invites.gate)."""

import ipaddress
import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import bans, clock, contacts, hooks, known_browsers, outbox
from accounts.browsers import browser_in_words
from accounts.deletion_views import may_undo
from accounts.models import User, normalised_email
from accounts.own_data.leaving import pending_deletion
from accounts.second_factor import has_second_factor
from accounts.wording import ERRORS, MESSAGES, NOTICES, SAID_BY_THE_PAGE, SAID_TO_STRANGERS_BY_THE_PAGE

CODES_LIVE = timedelta(minutes=10)


class AccountAdapter(DefaultAccountAdapter):
    """Words, limits, and what a changed password ends."""

    error_messages = {**DefaultAccountAdapter.error_messages, **ERRORS}

    def clean_email(self, email: str) -> str:
        """One spelling for one mailbox."""
        return normalised_email(super().clean_email(email))

    def pre_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse | None:
        """Whoever closed their own account, or may read why they are kept out, shows all of who they are first: both are
        behind the second factor, too."""
        is_for_them = not user.is_active and (pending_deletion(user) is not None or hooks.is_explained(user))
        if is_for_them and has_second_factor(user):
            return None
        return super().pre_login(request, user, **more)

    def login(self, request: HttpRequest, user: User) -> None:
        """The last moment before there is a session: an account may have been closed or suspended since the first factor.

        Raises:
            ImmediateHttpResponse: it was.
        """
        user.refresh_from_db(fields=["is_active"])
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Who closed their own account is offered the way back; who is suspended is told so, and why, where that is
        written."""
        if may_undo(request, user):
            return redirect("accounts:undo")
        if (why := hooks.held_page(request, user)) is not None:
            return redirect(why)
        return super().respond_user_inactive(request, user)

    # --- Passwords ------------------------------------------------------------------------------------------------

    def set_password(self, user: User, password: str) -> None:
        """A changed password ends every session (accounts.apps) except the one it is changed by."""
        mine = self.request.user == user
        user.session_that_stays = self.request.session.session_key if mine else None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where the link was."""
        return reverse("accounts:safety")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Back to where the address was changed; newcomers go on."""
        if self.request.user.is_authenticated and hasattr(self.request.user, "profile"):
            return reverse("accounts:safety")
        return super().get_email_verification_redirect_url(email_address)

    # --- Who is kept out --------------------------------------------------------------------------------------------

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address of somebody who is kept out becomes nobody's."""
        if bans.is_bound(contacts.email(email_address.email)):
            return False
        return super().confirm_email(request, email_address)

    # --- Mail -------------------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have it sent once the page is answered: how long a mail server takes says nothing, and it is tried again."""
        told = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        message = self.render_mail(template_prefix, email, told)
        kind = template_prefix.rpartition("/")[2][:30]
        outbox.post(
            contacts.email(email),
            kind=kind,
            occasion=uuid.uuid4().hex,
            subject=message.subject,
            text=message.body,
            good_until=clock.now() + CODES_LIVE if "code" in context else None,
        )

    # --- Limits -----------------------------------------------------------------------------------------------------

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count by: IPv4 as such, also where a socket for both writes it as IPv6. Otherwise all of
        IPv4 would be one network."""
        address = super().get_client_ip(request)
        mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
        return str(mapped or address)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return known_browsers.limit_key(request, credentials.get("email", ""))

    # --- Words ------------------------------------------------------------------------------------------------------

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say something on the next page."""
        if message_template in (SAID_BY_THE_PAGE if request.user.is_authenticated else SAID_TO_STRANGERS_BY_THE_PAGE):
            return
        words = MESSAGES.get(message_template or "")
        if words is not None:
            message = str(words) % (message_context or {})
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that how they sign in was changed."""
        to = email or user.email
        words = NOTICES.get(template_prefix)
        if words is None or not to:
            return
        told = {
            "what": str(words) % (context or {}),
            "at": clock.now(),
            "browser": browser_in_words(self.get_http_user_agent(self.request)),
            "safety_url": self.request.build_absolute_uri(reverse("accounts:safety")),
        }
        self.send_mail("account/email/notice", to, told)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """How somebody can show that it is them, named as we name it."""
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": _METHODS.get(method["id"], method["description"])} for method in methods]


_METHODS: dict[str, Promise] = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code of your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
