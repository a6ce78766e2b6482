"""`manage.py protocol`: write the live protocol's page and module."""

from typing import Any

from django.core.management.base import BaseCommand

from rooms.protocol import files


class Command(BaseCommand):
    """Writes what rooms.protocol makes of rooms.domain.messages."""

    help = "Write docs/protocol.md and static/js/room/protocol.js from the protocol's declarations."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write both."""
        for path, content in files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            self.stdout.write(str(path.name))
