"""Which kinds of messages accounts send: see accounts.notices. About how one signs in and what is kept: they always go."""

from django.utils.translation import gettext_lazy as _

from accounts import notices
from accounts.notices import Kind, Via


def register() -> None:
    """Declare them."""
    notices.register(
        Kind(
            "security",
            _("Codes, and changes of how you sign in"),
            _("So that you hear of it if it was not you."),
            (Via.EMAIL, Via.SMS),
            always=True,
        ),
        Kind(
            "account",
            _("Your data and your account"),
            _("A file that you asked for, and the deletion of your account."),
            always=True,
        ),
    )
