"""Why an invite does not let somebody in."""

from django.utils.translation import gettext_lazy as _

MISTYPED = "invite_unknown"
WRONG_ADDRESS = "invite_for_another"
WRONG_PHONE = "invite_for_another_phone"
PHONE_HAS_ACCOUNT = "invite_phone_has_account"
TOO_MANY_GUESSES = "invite_too_many_guesses"
ALREADY_OPEN = "invite_already_open"
NOT_OPEN = "invite_not_open"
SENT_TOO_OFTEN = "invite_sent_too_often"

TITLES = {
    MISTYPED: _("We do not know this invite"),
    "invite_expired": _("This invite has expired"),
    "invite_revoked": _("This invite was withdrawn"),
    "invite_used": _("Every seat of this invite is taken"),
    WRONG_ADDRESS: _("This invite is for another address"),
    WRONG_PHONE: _("This invite is for another phone"),
    PHONE_HAS_ACCOUNT: _("This phone has an account already"),
    TOO_MANY_GUESSES: _("Too many tries"),
    ALREADY_OPEN: _("You have invited them already"),
    NOT_OPEN: _("This invite is not open any more"),
    SENT_TOO_OFTEN: _("This invite was sent often enough"),
}
ADVICE = {
    MISTYPED: _("The link may be mistyped or cut short. Open it from the original message, or copy it whole."),
    "invite_expired": _("Ask the person who sent it for a new one."),
    "invite_revoked": _("Ask the person who sent it what happened."),
    "invite_used": _("Ask the person who sent it for another. If you already joined with it, sign in."),
    WRONG_ADDRESS: _("Sign up with the address that it was sent to."),
    WRONG_PHONE: _("Open the invite again and type the code that we send to its phone."),
    PHONE_HAS_ACCOUNT: _("Sign in to it instead."),
    ALREADY_OPEN: _("Send that invite again, or withdraw it first."),
    NOT_OPEN: _("Make a new one."),
    SENT_TOO_OFTEN: _("Ask them another way, or withdraw it and make a new one."),
    TOO_MANY_GUESSES: _("Wait ten minutes, then open the link from the original message."),
}


class InviteRefused(Exception):
    """An invite cannot be redeemed. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
