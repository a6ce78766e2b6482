"""A live room from the terminal, for when the web is down: rows, and the bus where it can be reached. The audio workers read
the rows within a second either way."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rooms import services
from rooms.domain.errors import Refused
from rooms.domain.snapshot import Phase
from rooms.models import Room


class Command(BaseCommand):
    """`room list`, `room freeze`, `room thaw`, `room end`, `room message`."""

    help = "List the live rooms; freeze one, let it go on, end it, or say something to everybody in it (or in all)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, in which room, and why."""
        parser.add_argument("act", choices=("list", "freeze", "thaw", "end", "message"))
        parser.add_argument("room", nargs="?", default="", help="public id; `all` for every live room")
        parser.add_argument("text", nargs="?", default="", help="of a message; empty takes it back")
        parser.add_argument("--reason", default="", help="for the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        live = Room.objects.filter(phase=Phase.LIVE).order_by("started_at", "pk")
        if options["act"] == "list":
            for room in live:
                self.stdout.write(f"{room.public_id} {'frozen' if room.frozen else 'live'} {room.title}")
            return
        if not options["room"]:
            raise CommandError("Name a room, or `all`.")
        rooms = live if options["room"] == "all" else Room.objects.filter(public_id=options["room"])
        found = list(rooms.values_list("public_id", flat=True))
        if not found and options["room"] != "all":
            raise CommandError("There is no such room.")
        failed = [public_id for public_id in found if not self._one(public_id, options)]
        if failed:
            raise CommandError(f"Not done in: {', '.join(failed)}")

    def _one(self, room: str, options: dict[str, Any]) -> bool:
        reason = options["reason"]
        try:
            match options["act"]:
                case "freeze" | "thaw":
                    frozen = options["act"] == "freeze"
                    changed = services.freeze_from_outside(room, None, frozen=frozen, reason=reason)
                case "end":
                    services.end_from_outside(room, None, reason=reason)
                    changed = True
                case _:
                    changed = services.tell_from_outside(room, None, text=options["text"])
        except Refused as refusal:
            self.stderr.write(f"{room}: {refusal.code.value}")
            return False
        self.stdout.write(f"{room}: {'done' if changed else 'was so already'}")
        return True
