"""The gate before sign-up: allauth asks here on every path, and without a good invite the answer is no."""

from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.urls import reverse

from accounts.adapter import AccountAdapter
from accounts.models import User
from invites import services
from invites.errors import InviteRefused
from invites.models import Invite

SESSION_KEY = "invite_code"


def accepted_invite(request: HttpRequest) -> Invite | None:
    """The invite that this browser accepted, if it still lets somebody in."""
    code = request.session.get(SESSION_KEY)
    if not code:
        return None
    try:
        return services.find_redeemable(code)
    except InviteRefused:
        return None


def unproven_newcomer(request: HttpRequest) -> User | None:
    """Who is about to prove the address of a new account by this browser; nobody also for an address that is taken."""
    process = EmailVerificationProcess.resume(request)
    user = process.user if process and not request.user.is_authenticated else None
    if not isinstance(user, User) or user.last_login is not None:
        return None
    return None if EmailAddress.objects.filter(user=user, verified=True).exists() else user


class InviteGate(AccountAdapter):
    """allauth's decisions where MiTalk differs: who may sign up, and what an invite proves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only with an accepted invite that still has a seat."""
        return accepted_invite(request) is not None

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A new account in the seat of its invite. Runs in the transaction of `InvitedSignupForm.save`.

        Raises:
            InviteRefused: the invite is not good any more; the transaction must be rolled back.
        """
        invite = services.find_redeemable(request.session.get(SESSION_KEY, ""))
        user = super().save_user(request, user, form, commit=True)
        self.seat(request, invite, user)
        return user

    def seat(self, request: HttpRequest, invite: Invite, user: User) -> None:
        """Give a new account its seat, in the transaction that made it.

        Raises:
            InviteRefused: the invite is not good any more, or for another; the transaction must be rolled back.
        """
        services.redeem(invite, user)
        user.refresh_from_db(fields=["sponsor"])  # whoever saves the account once more keeps it
        if invite.email:
            # The link went to this address and was shown to nobody else: having it proves the address.
            self.stash_verified_email(request, user.email)
        if invite.room is not None:
            request.session["after_welcome"] = reverse("rooms:room", args=[invite.room.public_id])
