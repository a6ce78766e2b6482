"""allauth's forms in MiTalk's words, and the limits on what they send and on what is tried."""

import contextlib
import struct
from collections.abc import Iterator
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as get_second_factors
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms

from accounts.known_browsers import limit_key
from accounts.models import User, normalised_email
from accounts.own_data.leaving import pending_deletion
from accounts.second_factor import use_up
from accounts.text import tidy, validate_line
from accounts.wording import FIELDS, HELP

LONGEST_NAME = 60


class InOurWords:
    """Labels from accounts.wording; a placeholder that repeats its label is left out."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = FIELDS.get(name, field.label)  # type: ignore[assignment]
            field.help_text = HELP.get(name, field.help_text)  # type: ignore[assignment]
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


class SignInForm(InOurWords, account_forms.LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"

    def clean_login(self) -> str:
        """One spelling for one mailbox."""
        return normalised_email(super().clean_login())


class AskForCodeForm(InOurWords, account_forms.RequestLoginCodeForm):
    """Where to send a code. Whether somebody has the address is not said, and how often is counted for any address."""

    def clean_email(self) -> str:
        """The address; beside it, whose it is."""
        email = normalised_email(self.cleaned_data["email"])
        if not _may_send("request_login_code", email):
            raise get_adapter().validation_error("rate_limited")
        found = filter_users_by_email(email, prefer_verified=True, for_login=True)
        users = [user for user in found if user.is_active or pending_deletion(user)]  # the latter may undo it
        self._user = users[0] if users else None
        return email


class ForgottenPasswordForm(InOurWords, account_forms.ResetPasswordForm):
    """Where to send a code that allows a new password."""

    def clean_email(self) -> str:
        """The address; beside it, whose it is."""
        email = normalised_email(self.cleaned_data["email"])
        if not _may_send("reset_password_of", email):
            raise get_adapter().validation_error("rate_limited")
        self.cleaned_data["email"] = email
        return super().clean_email()


def _may_send(action: str, email: str) -> bool:
    request = context.request
    return ratelimit.consume(request, action=action, key=limit_key(request, email))


class _FewTries:
    """allauth counts wrong tries in the session, which many requests at once read before one of them writes. Counted here
    too, where one is told from another."""

    expected_code: str | None

    def clean_code(self) -> str:
        """What was typed, if this code was not tried too often."""
        request = context.request
        key = f"{request.session.session_key}:{self.expected_code}"
        if not ratelimit.consume(request, action="mailed_code_try", key=key):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_code()  # type: ignore[misc]


class CodeForm(InOurWords, _FewTries, account_forms.BaseConfirmCodeForm):
    """A code that was mailed."""


class AddressCodeForm(InOurWords, _FewTries, account_forms.ConfirmEmailVerificationCodeForm):
    """A code that proves an address."""


class NewPasswordAfterResetForm(InOurWords, account_forms.ResetPasswordKeyForm):
    """A new password for who proved their address."""


class ChangePasswordForm(InOurWords, account_forms.ChangePasswordForm):
    """A new password for who knows the old one."""


class SetPasswordForm(InOurWords, account_forms.SetPasswordForm):
    """A first password."""


class NewAddressForm(InOurWords, account_forms.AddEmailForm):
    """Another address."""


class PasswordAgainForm(InOurWords, account_forms.ReauthenticateForm):
    """The password, before something dangerous."""


class _WorksOnce:
    """An app's code is good for some steps, and allauth remembers only for one that it was used: whoever looked on could use
    it in the next."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        """What was typed, if it was not used before."""
        code = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not use_up(self.user, code):
            raise get_second_factors().validation_error("incorrect_code")
        return code


class SecondFactorForm(InOurWords, _WorksOnce, second_factor_forms.AuthenticateForm):
    """A code of the app, or a recovery code."""


class SecondFactorAgainForm(InOurWords, _WorksOnce, second_factor_forms.ReauthenticateForm):
    """The same, before something dangerous."""


class ActivateAppForm(InOurWords, ActivateTOTPForm):
    """The first code of an app."""


# What reading JSON and CBOR that no browser wrote ends with; allauth expects browsers.
_NOT_FROM_A_BROWSER = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


@contextlib.contextmanager
def _only_from_a_browser() -> Iterator[None]:
    try:
        yield
    except _NOT_FROM_A_BROWSER as error:
        raise get_second_factors().validation_error("passkey_unreadable") from error


class CredentialField(forms.JSONField):
    """What a browser says of a passkey. Django takes care of text that is no JSON, not of JSON that cannot be read: a hundred
    thousand brackets, a number of five thousand digits."""

    def to_python(self, value: Any) -> Any:
        """It, read."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise
        except (RecursionError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows of it again: nothing, if it could not be read."""
        try:
            return super().bound_data(data, initial)
        except (RecursionError, ValueError):
            return None


def _credential() -> CredentialField:
    return CredentialField(required=True, widget=forms.HiddenInput)


class _ShowsPasskey:
    def clean_credential(self) -> Any:
        """Whose passkey was shown."""
        with _only_from_a_browser():
            return super().clean_credential()  # type: ignore[misc]


class SignInByPasskeyForm(_ShowsPasskey, passkey_forms.LoginWebAuthnForm):
    """A passkey instead of a password."""

    credential = _credential()


class PasskeyAsSecondFactorForm(_ShowsPasskey, passkey_forms.AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = _credential()


class PasskeyAgainForm(_ShowsPasskey, passkey_forms.ReauthenticateWebAuthnForm):
    """A passkey before something dangerous."""

    credential = _credential()


class AddPasskeyForm(InOurWords, passkey_forms.AddWebAuthnForm):
    """A passkey that the browser just made."""

    credential = _credential()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["name"].widget.attrs["maxlength"] = LONGEST_NAME

    def clean_name(self) -> str:
        """The name that was typed; a passkey that the browser keeps already is not refused for it."""
        name = tidy(self.cleaned_data["name"])[:LONGEST_NAME]
        try:
            validate_line(name)
        except forms.ValidationError:
            name = ""
        self.cleaned_data["name"] = name
        return super().clean_name()

    def clean(self) -> dict[str, Any]:
        """What the browser made, if it was a browser."""
        with _only_from_a_browser():
            return super().clean()


class RenamePasskeyForm(InOurWords, passkey_forms.EditWebAuthnForm):
    """What a passkey is called."""

    name = forms.CharField(max_length=LONGEST_NAME, validators=[validate_line])

    def clean_name(self) -> str:
        """In one spelling."""
        return tidy(self.cleaned_data["name"])
