"""Passkeys, authenticator apps, recovery codes: what allauth asks of MiTalk about them, and what MiTalk asks of a session."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
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


def use_up(user: User, code: str) -> bool:
    """Note that a code of somebody's app was used, as long as it would be good.

    Returns:
        Whether it was not used before; of many who use it at once, for one.
    """
    lasts = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
    used = salted_hmac("mitalk.accounts.app_code", f"{user.pk}:{normalize_user_code(code)}", algorithm="sha256")
    return cache.add(f"app_code_used:{used.hexdigest()}", True, lasts)


SEEN_AT = "staff_seen_at"  # in a session: when its staff last looked at a page of theirs
_NOTED_EVERY_SECONDS = 60


def second_factor_shown_at(request: HttpRequest) -> float | None:
    """When whoever is signed in last showed a passkey, a code of their app or a recovery code in this session."""
    user = request.user
    if not isinstance(user, User):
        return None
    records = get_authentication_records(request, user)
    return max((record["at"] for record in records if record.get("method") == "mfa"), default=None)


def staff_may_work(request: HttpRequest) -> bool:
    """Whether what is staff's opens to this session: the second factor was shown this working day."""
    if not settings.MITALK_STAFF_SECOND_FACTOR:
        return True
    shown = second_factor_shown_at(request)
    return shown is not None and time.time() - shown < settings.MITALK_STAFF_HOURS * 3600


def staff_are_there(request: HttpRequest) -> bool:
    """Whether a page of staff's was looked at a while ago, or the second factor was shown since; from now on it was."""
    if not settings.MITALK_STAFF_SECOND_FACTOR:
        return True
    now, seen = clock.now().timestamp(), request.session.get(SEEN_AT, 0)
    shown = second_factor_shown_at(request)  # by allauth, so by this machine's clock
    idle = min(now - seen, time.time() - (shown or 0))
    if idle >= settings.MITALK_STAFF_IDLE_MINUTES * 60:
        return False
    if now - seen >= _NOTED_EVERY_SECONDS:
        request.session[SEEN_AT] = int(now)
    return True
