"""The gate before sign-up: allauth asks here on every path, and without a good invite the answer is no."""

from typing import Any

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.adapter import AccountAdapter
from accounts.models import User
from accounts.own_data import consents
from invites import services
from invites.codes import as_typed, hashes
from invites.errors import WRONG_PHONE, InviteRefused
from invites.models import Invite

SESSION_KEY = "invite_code_hash"  # sessions are rows too: the code itself is kept nowhere
PROVEN_KEY = "invite_phone_proven"


def accept(request: HttpRequest, code: str) -> None:
    """Remember that this browser accepted the invite of a code."""
    request.session[SESSION_KEY] = hashes(as_typed(code))[0]


def chosen_invite(request: HttpRequest) -> Invite:
    """The invite that this browser accepted, if it still lets somebody in.

    Raises:
        InviteRefused: `invite_unknown`, `invite_expired`, `invite_revoked`, `invite_used`.
    """
    return services.demand_open(services.find_by_hash([request.session.get(SESSION_KEY, "")]))


def phone_is_proven(request: HttpRequest, invite: Invite) -> bool:
    """Whether this browser typed the code that was sent to the invite's phone."""
    return request.session.get(PROVEN_KEY) == invite.public_id


def redeemable_invite(request: HttpRequest) -> Invite:
    """The invite by which somebody at this browser may sign up.

    Raises:
        InviteRefused: as `chosen_invite`; `invite_for_another_phone` until the phone was proven that it is for.
    """
    invite = chosen_invite(request)
    if invite.phone_key and not phone_is_proven(request, invite):
        raise InviteRefused(WRONG_PHONE)
    return invite


def accepted_invite(request: HttpRequest) -> Invite | None:
    """The same, or None."""
    try:
        return redeemable_invite(request)
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
        invite = redeemable_invite(request)
        user = super().save_user(request, user, form, commit=True)
        self.seat(request, invite, user)
        if form.cleaned_data.get("agrees"):  # who comes by OpenID Connect is asked on the first page
            consents.agree(user, age=settings.LEAST_AGE)
        return user

    def seat(self, request: HttpRequest, invite: Invite, user: User) -> None:
        """Give a new account its seat, in the transaction that made it.

        Raises:
            InviteRefused: the invite is not good any more, or for another; the transaction must be rolled back.
        """
        phone = invite.contact if invite.phone_key else None
        services.redeem(invite, user, phone=phone.value if phone else "")
        user.refresh_from_db(fields=["sponsor"])  # whoever saves the account once more keeps it
        if invite.email:
            # The link went to this address and was shown to nobody else: having it proves the address.
            self.stash_verified_email(request, user.email)
        if invite.room is not None:
            request.session["after_welcome"] = reverse("rooms:room", args=[invite.room.public_id])
