"""Passkeys, authenticator apps, recovery codes: what allauth asks of MiTalk about them, and what MiTalk asks of a session."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.sealing import reseal, seal, unseal

_PURPOSE = "second_factor"
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


_SEALED = ("secret", "seed")  # of an authenticator's data: an app's, and that of recovery codes


def reseal_secrets(authenticator: Authenticator) -> int:
    """Encrypt what is kept of one with today's key.

    Returns:
        How many values.
    """
    sealed = [name for name in _SEALED if authenticator.data.get(name)]
    authenticator.data |= {name: reseal(authenticator.data[name], purpose=_PURPOSE) for name in sealed}
    authenticator.save(update_fields=["data"])
    return len(sealed)


class SecondFactors(DefaultMFAAdapter):
    """allauth's decisions where MiTalk differs."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That is not the code. Look again: it changes, and each works once."),
        "passkey_unreadable": gettext_lazy("That passkey could not be read. Try again."),
        "unverified_email": gettext_lazy("Prove your e-mail address first."),
        "cannot_generate_recovery_codes": gettext_lazy("Add a passkey or an authenticator app first."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of apps and recovery codes are kept encrypted."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Read them again."""
        return unseal(encrypted_text, purpose=_PURPOSE)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a new passkey is called unless its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What the browser shows beside a passkey."""
        return {**super().get_public_key_credential_rp_entity(), "name": "MiTalk"}

    def get_public_key_credential_user_entity(self, user: User) -> dict:
        """Whose passkey it is."""
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name or user.email}


def has_second_factor(user: User) -> bool:
    """Whether somebody has a passkey or an authenticator app."""
    return Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def used_second_factor(request: HttpRequest) -> bool:
    """Whether whoever is signed in has shown a passkey, a code of their app or a recovery code in this session."""
    user = request.user
    return isinstance(user, User) and any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )


def staff_may_work(request: HttpRequest) -> bool:
    """Whether the staff's pages open to this session, as far as the second factor is concerned."""
    return not settings.MITALK_STAFF_SECOND_FACTOR or used_second_factor(request)
