"""Rooms to come as iCalendar (RFC 5545): one room as a file, a person's programme as a feed."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from rooms.domain.programme import USUAL_LENGTH
from rooms.models import Room

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//MiTalk//Rooms to come//EN"


def calendar_of(rooms: Iterable[Room], *, site: str, name: str = "") -> bytes:
    """A calendar of these rooms, at addresses of `site` (scheme://host:port). Needs their topic and their host's profile."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    for room in rooms:
        calendar.add_component(_event(room, site))
    return calendar.to_ical()


def _event(room: Room, site: str) -> Event:
    link = site + reverse("rooms:room", args=[room.public_id])
    event = Event()
    event.add(
        "uid", f"{room.public_id}@mitalk"
    )  # the same for the room's whole life: calendars change instead of doubling
    event.add("sequence", room.revision)
    event.add("dtstamp", room.announced_at)
    event.add("last-modified", room.announced_at)
    event.add("dtstart", room.starts_at)
    event.add("dtend", room.starts_at + USUAL_LENGTH)
    event.add("summary", room.title)
    event.add("description", _description(room, link))
    event.add("location", "MiTalk")
    event.add("url", link)
    event.add("categories", [room.topic.name])
    event.add("status", _status(room))
    event.add("transp", "TRANSPARENT" if room.not_held else "OPAQUE")
    return event


def _status(room: Room) -> str:
    if room.not_held:
        return "CANCELLED"
    return "CONFIRMED" if room.host.is_active else "TENTATIVE"


def _description(room: Room, link: str) -> str:
    about = _("%(topic)s, with %(host)s, in %(language)s") % {
        "topic": room.topic.name,
        "host": room.host.name,
        "language": room.get_language_display(),
    }
    return "\n\n".join(part for part in (room.description, about, link) if part)
