"""Mail of an installation on one machine: written to the terminal, where the person who started it can read it."""

from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class TerminalBackend(EmailBackend):
    """Prints who a message is for and its text, without the headers that bury the code in it."""

    def write_message(self, message: EmailMessage) -> None:
        """Write one message."""
        lines: list[Any] = [
            "",
            f"┌ mail to {', '.join(message.to)}: {message.subject}",
            *(f"│ {line}" for line in str(message.body).strip().splitlines()),
            "└",
            "",
        ]
        self.stream.write("\n".join(lines))
