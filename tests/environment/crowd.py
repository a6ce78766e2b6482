"""A crowd that is rows of the database and nothing else: what a page is told of it comes through the real services and hub.

Scripted people have neither socket nor sound, so the audio worker must not miss it: `CrowdConfig` sees to that.
"""

import itertools
import math
import random
import time
from datetime import timedelta
from typing import Any

from django.apps import AppConfig

STAYS = timedelta(hours=6)
COMINGS_A_SECOND, HANDS_A_SECOND, LINES_A_SECOND, TURNS_A_SECOND = 22, 4, 6, 5
_LOOK_SECONDS = 0.05
_MOST_HANDS = 12
_PORTRAITS_EVERY = 3


class CrowdConfig(AppConfig):
    """Installed by tests.environment.crowd_settings only."""

    name = "tests.environment"
    label = "crowd"

    def ready(self) -> None:
        """Nobody is missed for having no sound."""
        from rooms.audio import reconcile

        reconcile.NO_PEER_SECONDS = reconcile.NOT_CONNECTED_SECONDS = math.inf


# --- the far end: see tests.environment.backstage --------------------------------------------------------------------


def fill(room: str, listeners: int, speakers: int, outside: int = 0) -> None:
    """Let so many listen to a room and so many more sit on its stage; some others are there to come in later."""
    from django.utils import timezone

    from accounts.models import Profile, User
    from accounts.own_data import documents
    from accounts.portraits import PORTRAITS
    from rooms.domain.roles import Position
    from rooms.models import Participant, Room
    from tests.factories import an_industry

    found, now, industry = Room.objects.get(public_id=room), timezone.now(), an_industry()
    number = listeners + speakers + outside
    users = User.objects.bulk_create(
        User(email=f"{place}@{room}.example", password="!", agreed_to=documents.fingerprint())
        for place in range(number)
    )
    Profile.objects.bulk_create(
        Profile(
            user=user,
            name=f"Listener {place}",
            headline="Measures how rooms hold up",
            industry=industry,
            portrait=PORTRAITS[place % len(PORTRAITS)] if place % _PORTRAITS_EVERY == 0 else "",
        )
        for place, user in enumerate(users)
    )
    Participant.objects.bulk_create(
        Participant(
            room=found,
            user=user,
            position=Position.STAGE if place < speakers else Position.AUDIENCE,
            muted=place >= speakers,
            number=place + 1 if place < speakers else 0,
            connection=f"script-{user.pk}",
            joins=1,
            arrived_at=now + timedelta(microseconds=place),
            last_seen_at=now + STAYS,  # nobody sweeps them
            left_at=None if place < number - outside else now,
        )
        for place, user in enumerate(users)
    )


def live(room: str, seconds: float) -> dict[str, int]:
    """Let a crowd live: as many come as go, hands go up and down, people write, and who speaks changes all the time.

    Returns:
        How often what happened.
    """
    crowd = _Crowd(room)
    acts = {
        "came": (COMINGS_A_SECOND, crowd.one_goes_and_another_comes),
        "hands": (HANDS_A_SECOND, crowd.a_hand_moves),
        "lines": (LINES_A_SECOND, crowd.somebody_writes),
        "turns": (TURNS_A_SECOND, crowd.others_speak),
    }
    began, done = time.monotonic(), dict.fromkeys(acts, 0)
    while (passed := time.monotonic() - began) < seconds:
        for name, (a_second, act) in acts.items():
            while done[name] < passed * a_second:
                act()
                done[name] += 1
        time.sleep(_LOOK_SECONDS)
    return done


class _Crowd:
    """Those whom `fill` made."""

    def __init__(self, room: str) -> None:
        from rooms.domain.roles import Position
        from rooms.models import Participant

        people = Participant.objects.filter(room__public_id=room, connection__startswith="script-")
        seats: Any = list(people.filter(position=Position.STAGE).values_list("public_id", flat=True))
        listeners = people.filter(position=Position.AUDIENCE)
        self.room, self.speakers = room, seats
        self.inside = list(listeners.filter(left_at=None).values_list("pk", flat=True))
        self.outside = list(listeners.exclude(left_at=None).values_list("pk", flat=True))
        self.random = random.Random(7)
        # They neither come nor go while they write and raise their hands.
        talkers, self.inside = self.inside[:60], self.inside[60:]
        connections = list(people.filter(pk__in=talkers).values_list("connection", flat=True))
        self.writers, self.wishing = itertools.cycle(connections[:40]), itertools.cycle(connections[40:])
        self.raised: list[str] = []

    def one_goes_and_another_comes(self) -> None:
        """Somebody leaves, and somebody who was outside comes in."""
        from django.utils import timezone

        from rooms import events
        from rooms.models import Participant

        leaves = self.inside.pop(self.random.randrange(len(self.inside)))
        comes = self.outside.pop(0)
        Participant.objects.filter(pk=leaves).update(left_at=timezone.now())
        Participant.objects.filter(pk=comes).update(left_at=None, arrived_at=timezone.now())
        self.inside.append(comes)
        self.outside.append(leaves)
        events.publish(self.room, events.AudienceMoved())

    def a_hand_moves(self) -> None:
        """A hand goes up; the first comes down once many are up."""
        from rooms import services

        if len(self.raised) >= _MOST_HANDS:
            services.lower_hand(self.room, self.raised.pop(0))
        else:
            connection = next(self.wishing)
            services.raise_hand(self.room, connection, line="I have seen this in production")
            self.raised.append(connection)

    def somebody_writes(self) -> None:
        """Another each time: there is a pace for each of them."""
        from rooms import services

        services.say(self.room, next(self.writers), "We measured this last year, and it held")

    def others_speak(self) -> None:
        """As the audio worker says it."""
        from rooms.audio import wire
        from rooms.bus import get_bus
        from rooms.models import Room

        epoch = Room.objects.values_list("media_epoch", flat=True).get(public_id=self.room)
        people = self.random.sample(self.speakers, k=self.random.randint(0, min(3, len(self.speakers))))
        get_bus().publish_from_thread(
            wire.room_topic(self.room), wire.encode(wire.Speaking(self.room, tuple(people), epoch))
        )
