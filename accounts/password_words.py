"""Passwords that are this place's own words with a year behind them: the first that anybody tries."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

OWN_WORDS = (
    *("mitalk", "password", "passwort", "welcome", "letmein", "invite", "room"),
    *("moderator", "membership", "admin", "staff"),
)
FEWEST_OTHER_LETTERS = 5


class OwnWordsValidator:
    """Refuses what is hardly more than words of this place, its host and its product among them."""

    def validate(self, password: str, user: object = None) -> None:
        """Take the words out, and look at what is left.

        Raises:
            ValidationError: `password_own_words`.
        """
        left = password.lower()
        for word in sorted((*OWN_WORDS, *_words_of_hosts()), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(re.findall(r"[^\W\d_]", left)) < FEWEST_OTHER_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_own_words")

    def get_help_text(self) -> str:
        """What to do."""
        return _("This password is made of words of this site. Choose others.")


def _words_of_hosts() -> set[str]:
    return {word for host in settings.ALLOWED_HOSTS for word in re.findall(r"[a-z]{4,}", host.lower())}
