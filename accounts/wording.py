"""What allauth says to people, in MiTalk's words: by the name under which allauth says it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# After an act, on the next page.
MESSAGES: dict[str, Promise] = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/email_confirmed.txt": _("%(email)s is yours: proven."),
    "account/messages/email_confirmation_failed.txt": _(
        "%(email)s could not be proven: it belongs to an account already."
    ),
    "account/messages/email_deleted.txt": _("%(email)s is removed."),
    "account/messages/cannot_delete_primary_email.txt": _("%(email)s is how you sign in: it cannot be removed."),
    "account/messages/primary_email_set.txt": _("Your e-mail address is changed."),
    "account/messages/unverified_primary_email.txt": _("Prove your e-mail address first."),
    "account/messages/password_changed.txt": _("Your password is changed. You are signed out everywhere else."),
    "account/messages/password_set.txt": _("You have a password now. You are signed out everywhere else."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes."),
    "usersessions/messages/sessions_logged_out.txt": _("You are signed out everywhere else."),
    "socialaccount/messages/account_connected.txt": _("It is connected: you can sign in by it."),
    "socialaccount/messages/account_connected_updated.txt": _("It is connected: you can sign in by it."),
    "socialaccount/messages/account_connected_other.txt": _("That account belongs to somebody else here."),
    "socialaccount/messages/account_disconnected.txt": _("It is disconnected."),
}

SAID_BY_THE_PAGE = {"account/messages/login_code_sent.txt", "account/messages/email_confirmation_sent.txt"}
SAID_TO_STRANGERS_BY_THE_PAGE = {*SAID_BY_THE_PAGE, "account/messages/password_changed.txt"}

# By mail, when how one signs in was changed, so that whoever did not do it themselves hears of it.
NOTICES: dict[str, Promise] = {
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_set": _("Your account was given a password."),
    "account/email/password_reset": _("The password of your account was set anew, by a code sent to this address."),
    "account/email/email_changed": _("The e-mail address of your account was changed to %(to_email)s."),
    "account/email/email_deleted": _("An e-mail address of your account was removed: %(deleted_email)s."),
    "account/phone/added": _("The phone number %(phone)s was added to your account: one can sign in by it."),
    "account/phone/changed": _("The phone number of your account was changed to %(phone)s."),
    "account/phone/removed": _("The phone number %(phone)s was removed from your account."),
    "mfa/email/totp_activated": _("An authenticator app was set up for your account."),
    "mfa/email/totp_deactivated": _("The authenticator app of your account was removed."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey of your account was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
    "socialaccount/email/account_connected": _(
        "%(provider)s was connected to your account: whoever has it can sign in."
    ),
    "socialaccount/email/account_disconnected": _("%(provider)s was disconnected from your account."),
}

ERRORS: dict[str, Promise] = {
    "account_inactive": _("This account is suspended."),
    "duplicate_email": _("This is your e-mail address already."),
    "email_password_mismatch": _("E-mail address and password do not belong together."),
    "email_taken": _("This address belongs to an account already."),
    "enter_current_password": _("This is not your password."),
    "incorrect_code": _("That is not the code."),
    "incorrect_password": _("This is not your password."),
    "max_email_addresses": _("Prove the address that you added first, or remove it."),
    "rate_limited": _("That was too often. Wait a few minutes."),
    "same_as_current": _("This is what it is already."),
    "too_many_login_attempts": _(
        "Too many tries. Wait a few minutes, or sign in another way: by a passkey, or by a code."
    ),
    "unverified_primary_email": _("Prove your e-mail address first."),
}

FIELDS: dict[str, Promise] = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "remember": _("Stay signed in on this browser"),
    "oldpassword": _("Your password now"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("The code"),
    "name": _("What you call it"),
    "passwordless": _("Sign in by it, without a password"),
}
HELP: dict[str, Promise] = {
    "passwordless": _("Leave it off for a security key that can only be a second step."),
    "name": _("Such as “work laptop”, to know it by later."),
}

# By what somebody is told something (accounts.notices).
VIAS: dict[str, Promise] = {
    "email": _("E-mail"),
    "sms": _("Text message"),
    "in_app": _("In MiTalk"),
    "push": _("Notification on this device"),
}
