"""What rooms keep about a person: see accounts.own_data.registry."""

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from accounts.own_data.former import former_member
from accounts.own_data.registry import (
    Erasure,
    Link,
    Subject,
    by_account,
    declare,
    not_personal,
    stands_for_a_person,
)
from accounts.personal_data import CONFIDENCE, NOTHING_MORE
from rooms import passing
from rooms.models import Ban, Participant, Room
from rooms.services.departing import suspend
from rooms.services.entering import email_keys


def register() -> None:
    """Declare it. What points at a place in a room points at whoever has it; so places go last."""
    stands_for_a_person("rooms.Participant")
    _said()
    _moments()
    _bans()
    _programme()
    _hosted()
    _done_in_rooms()
    _places()
    not_personal(
        rooms__Topic__key="The topic’s name.",
        rooms__AudioWorker__public_ip="Of a server.",
        rooms__WorkerMinute__public_ip="Of a server.",
        rooms__Participant__guest_key="Of guests, who have no account.",
        rooms__Participant__network="Of guests, who have no account.",
        rooms__Participant__session_key="Goes with its row.",
        rooms__Ban__guest_key="Of guests, who have no account.",
        rooms__Ban__network="Of guests, who have no account.",
        rooms__CalendarFeed__token_hash="Of a token; goes with its row.",  # noqa: S106 - no password
    )


def _moments() -> None:
    declare(
        Link(
            model="rooms.StageMoment",
            field="person",
            find=by_account("person__user"),
            title=_("What happened to you on stages"),
            columns=("room=room__title", "at", "kind"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.StageMoment",
            field="by",
            find=by_account("by__user"),
            title=_("What you did on stages"),
            columns=("room=room__title", "at", "kind"),
            erasure=Erasure.DETACH,
        ),
    )


def _said() -> None:
    declare(
        Link(
            model="rooms.ChatMessage",
            field="author",
            find=by_account("author__user"),
            title=_("What you wrote in rooms"),
            columns=("room=room__title", "text", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Vote",
            field="participant",
            find=by_account("participant__user"),
            title=_("Questions that you voted for"),
            columns=("room=question__room__title", "question=question__text"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Question",
            field="author",
            find=by_account("author__user"),
            title=_("Questions that you asked"),
            columns=("room=room__title", "text", "at", "votes", "answered_at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Room",
            field="link_by",
            find=lambda subject: Q(participants__user=subject.user, link_by=subject.user.name) & ~Q(link_by=""),
            title=_("Links that you pinned"),
            columns=("room=title", "link_url", "link_title"),
            erasure=Erasure.DETACH,
            empties={"link_url": "", "link_title": ""},
        ),
        Link(
            model="rooms.Room",
            field="notice_by",
            find=lambda subject: Q(participants__user=subject.user, notice_by=subject.user.name) & ~Q(notice_by=""),
            title=_("What you told a room as staff"),
            columns=("room=title", "notice"),
            erasure=Erasure.DETACH,
            empties={"notice": ""},
        ),
    )


def _bans() -> None:
    declare(
        Link(
            model="rooms.Ban",
            field="email_key",
            find=lambda subject: Q(email_key__in=email_keys(subject.user.email)),
            withheld=NOTHING_MORE,
            erasure=Erasure.KEEP,
            why=_("Bans from rooms, as a fingerprint of your address: a new account does not undo them."),
            until=_("until the ban ends"),
        ),
        Link(
            model="rooms.Ban",
            field="participant",
            find=by_account("participant__user"),
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="rooms.Ban",
            field="user",
            find=by_account("user"),
            title=_("Rooms that you are banned from"),
            columns=("room=room__title", "reason", "at", "until"),
            erasure=Erasure.DETACH,
            erase=_forget_banned,
        ),
        Link(
            model="rooms.Ban",
            field="by",
            find=by_account("by"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
    )


def _forget_banned(subject: Subject) -> None:
    """What was written about them goes as well; the fingerprint goes on to hold."""
    Ban.objects.filter(user=subject.user).update(user=None, reason="")


def _programme() -> None:
    mine = by_account("user")
    declare(
        Link(
            model="rooms.Ping",
            field="sender",
            find=by_account("sender"),
            title=_("Whom you asked to come into rooms"),
            columns=("room=room__title", "whom=receiver__profile__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Ping",
            field="receiver",
            find=by_account("receiver"),
            title=_("Who asked you to come into rooms"),
            columns=("room=room__title", "who=sender__profile__name", "at", "put_away_at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.TopicFollow",
            field="user",
            find=mine,
            title=_("Topics that you follow"),
            columns=("topic=topic__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.CoHost",
            field="user",
            find=mine,
            title=_("Rooms that you were asked to host with others"),
            columns=("room=room__title", "asked_at", "accepted_at", "declined_at", "time_zone"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Rsvp",
            field="user",
            find=mine,
            title=_("Rooms that you said you would come to"),
            columns=("room=room__title", "at", "time_zone"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.ProgrammeMail",
            field="user",
            find=mine,
            title=_("Mail about rooms to come that was sent to you"),
            columns=("room=room__title", "kind", "made_at", "done_at", "sent"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.CalendarFeed",
            field="user",
            find=mine,
            title=_("Your calendar’s address"),
            columns=("made_at",),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="rooms.Topic",
            field="created_by",
            find=by_account("created_by"),
            title=_("Topics that you made"),
            columns=("name", "created_at"),
            erasure=Erasure.DETACH,
        ),
    )


def _hosted() -> None:
    declare(
        Link(
            model="rooms.Room",
            field="speakers",
            find=by_account("speakers"),
            title=_("Rooms that you were named to speak in"),
            columns=("title", "starts_at"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="rooms.Room",
            field="guest_list",
            find=by_account("guest_list"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="rooms.Room",
            field="host",
            find=by_account("host"),
            title=_("Rooms that you hosted"),
            columns=(
                "title",
                "topic=topic__name",
                "description",
                "language",
                "visibility",
                "confidentiality",
                "phase",
                "starts_at",
                "started_at",
                "ended_at",
            ),
            erasure=Erasure.DETACH,
            erase=_hand_to_nobody,
        ),
        Link(
            model="rooms.Room",
            field="opened_by",
            find=by_account("opened_by"),
            title=_("Rooms that you opened"),
            columns=("title", "starts_at"),
            erasure=Erasure.DETACH,
            erase=lambda subject: _replace_opener(subject),
        ),
    )


def _hand_to_nobody(subject: Subject) -> None:
    """Rooms where others were are a part of their history: they stay, without their host and what the host wrote about them.
    The others go."""
    hosted = Room.objects.filter(host=subject.user)
    alone = hosted.exclude(participants__in=Participant.objects.exclude(user=subject.user)).filter(reports=None)
    Room.objects.filter(pk__in=list(alone.values_list("pk", flat=True))).delete()
    hosted.update(host=former_member(), description="")


def _replace_opener(subject: Subject) -> None:
    Room.objects.filter(opened_by=subject.user).update(opened_by=former_member())


def _places() -> None:
    declare(
        Link(
            model="rooms.Participant",
            field="invited_by",
            find=by_account("invited_by__user"),
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="rooms.Participant",
            field="user",
            find=by_account("user"),
            title=_("Rooms that you were in, as long as that is kept"),
            columns=("room=room__title", "role", "position", "accepted", "accepted_at", "arrived_at", "left_at"),
            erasure=Erasure.DELETE,
            erase=_forget_places,
        ),
    )


def _done_in_rooms() -> None:
    """The log names people in rooms by their places."""
    declare(
        Link(
            model="accounts.AuditEntry",
            field="target",
            aspect="place",
            find=_about_places,
            title=_("What was done about you in rooms"),
            as_rows=_done_about_places,
            erasure=Erasure.KEEP,
            why=_(
                "What was done about you in rooms, by a random id that leads to nobody once your place there is erased."
            ),
            until=_("as long as this MiTalk exists"),
        ),
    )


def _about_places(subject: Subject) -> Q:
    places = Participant.objects.filter(user=subject.user).values_list("room__public_id", "public_id")
    return Q(act__startswith="room.", target__in=[f"{room} {place}" for room, place in places])


def _done_about_places(subject: Subject) -> Iterable[dict[str, Any]]:
    """Without who did it, and without their words, which may name others."""
    for entry in AuditEntry.objects.filter(_about_places(subject)).order_by("pk"):
        yield {"at": entry.at, "act": entry.act}


def _forget_places(subject: Subject) -> None:
    suspend(subject.user)  # they have been out since they asked; an operator's command may come first
    places = Participant.objects.filter(user=subject.user)
    keys = [key for public_id in places.values_list("public_id", flat=True) for key in passing.keys_of(public_id)]
    if keys:  # Redis refuses to delete nothing
        cache.delete_many(keys)
    places.delete()
