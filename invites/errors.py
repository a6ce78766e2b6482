"""Why an invite does not let somebody in."""

from django.utils.translation import gettext_lazy as _

MISTYPED = "invite_unknown"
WRONG_ADDRESS = "invite_for_another"
TOO_MANY_GUESSES = "invite_too_many_guesses"

TITLES = {
    MISTYPED: _("We do not know this invite"),
    "invite_expired": _("This invite has expired"),
    "invite_revoked": _("This invite was withdrawn"),
    "invite_used": _("Every seat of this invite is taken"),
    WRONG_ADDRESS: _("This invite is for another address"),
    TOO_MANY_GUESSES: _("Too many tries"),
}
ADVICE = {
    MISTYPED: _("The link may be mistyped or cut short. Open it from the original message, or copy it whole."),
    "invite_expired": _("Ask the person who sent it for a new one."),
    "invite_revoked": _("Ask the person who sent it what happened."),
    "invite_used": _("Ask the person who sent it for another. If you already joined with it, sign in."),
    WRONG_ADDRESS: _("Sign up with the address that it was sent to."),
    TOO_MANY_GUESSES: _("Wait ten minutes, then open the link from the original message."),
}


class InviteRefused(Exception):
    """An invite cannot be redeemed. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
