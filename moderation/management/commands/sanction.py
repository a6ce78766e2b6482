"""Sanctions from the terminal, for when the web is down: rows and the bus are all it needs."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import User, normalised_email
from moderation import services
from moderation.models import Sanction, SanctionKind, holding
from moderation.notices import rule_of
from rooms.models import Room


class Command(BaseCommand):
    """`sanction impose`, `sanction lift`, `sanction list`."""

    help = "Impose a sanction, lift one, or list those that hold (of one person: all)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Three acts, each with its own words."""
        acts = parser.add_subparsers(dest="act", required=True)
        impose = acts.add_parser("impose", help="impose one")
        impose.add_argument("person", help="e-mail address or public id")
        impose.add_argument("kind", choices=SanctionKind.values)
        impose.add_argument("--rule", type=int, required=True, help="number of the rule that was broken")
        impose.add_argument("--facts", required=True, help="what happened; the person reads it")
        impose.add_argument("--for", dest="length", default="", help="30m, 12h, 7d; without it, it has no end")
        impose.add_argument("--room", default="", help="public id of the room in which it happened")
        lift = acts.add_parser("lift", help="lift one")
        lift.add_argument("sanction", help="its id, as list prints it")
        lift.add_argument("--reason", required=True)
        lift.add_argument("--as-mistake", action="store_true", help="it counts as no strike any more")
        listing = acts.add_parser("list", help="list them")
        listing.add_argument("person", nargs="?", default="", help="of one person also those that are over")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one."""
        try:
            {"impose": self._impose, "lift": self._lift, "list": self._list}[options["act"]](options)
        except services.SanctionRefused as refusal:
            raise CommandError(refusal.code) from refusal

    def _impose(self, options: dict[str, Any]) -> None:
        room = _room(options["room"]) if options["room"] else None
        made = services.impose(
            _person(options["person"]),
            options["kind"],
            rule=options["rule"],
            facts=options["facts"],
            until=_until(options["length"]),
            room=room,
        )
        self.stdout.write(_line(made))

    def _lift(self, options: dict[str, Any]) -> None:
        found = Sanction.objects.filter(public_id=options["sanction"]).first()
        if found is None:
            raise CommandError("There is no such sanction.")
        lifted = services.lift(found, by=None, reason=options["reason"], as_mistake=options["as_mistake"])
        self.stdout.write(_line(lifted))

    def _list(self, options: dict[str, Any]) -> None:
        of = Q(user=_person(options["person"])) if options["person"] else holding()
        for sanction in Sanction.objects.filter(of).select_related("user").order_by("at", "pk"):
            self.stdout.write(_line(sanction))


def _person(said: str) -> User:
    found = User.objects.filter(Q(email=normalised_email(said)) | Q(public_id=said)).first()
    if found is None:
        raise CommandError("There is nobody like that.")
    return found


def _room(said: str) -> Room:
    found = Room.objects.filter(public_id=said).first()
    if found is None:
        raise CommandError("There is no such room.")
    return found


def _until(length: str) -> datetime | None:
    if not length:
        return None
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = length[:-1], length[-1:]
    if not number.isdecimal() or unit not in units or len(number) > 6:
        raise CommandError("Say how long as 30m, 12h or 7d.")
    return timezone.now() + timedelta(**{units[unit]: int(number)})


def _line(sanction: Sanction) -> str:
    rule = rule_of(sanction, "en")
    state = "overturned" if sanction.overturned else "lifted" if sanction.lifted_at else ""
    state = state or ("said" if sanction.is_instant else "holds" if sanction.holds() else "over")
    until = f"until {sanction.until:%Y-%m-%d %H:%M} UTC" if sanction.until else "no end"
    person = sanction.user.email if sanction.user else "-"
    return (
        f"{sanction.public_id} {person} {sanction.kind} {state}, {until}, rule {rule.number if rule else sanction.rule}"
    )
