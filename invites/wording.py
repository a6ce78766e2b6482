"""What is said about codes that are not right."""

from django.utils.translation import gettext_lazy as _

from accounts.one_time_codes import Answer

CODE_ERRORS = {
    Answer.WRONG: _("That is not the code."),
    Answer.OVER: _("That code is good no more. Ask for a new one."),
}
