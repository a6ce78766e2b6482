"""A name and a room at the same moment: one waits for the other. On PostgreSQL; SQLite has one writer at a time."""

import pytest
from django.db import connection

from accounts import renaming
from accounts.models import Profile, User
from accounts.services import save_profile
from rooms import selectors, services
from rooms.models import Participant, Room
from rooms.services import entering
from tests.factories import a_live_room, a_member
from tests.rooms.test_races import Beside, between, bus  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT_SECONDS = 0.5
BEFORE, AFTER = "Lin Wei", "Lin Weiwei"


@pytest.fixture(params=["for the first time", "once more", "as its host"])
def enters(request: pytest.FixtureRequest) -> tuple[Room, User]:
    """A room, and who is about to enter it."""
    member = a_member(BEFORE)
    room = a_live_room(member if request.param == "as its host" else None)
    if request.param == "once more":
        services.leave(room.public_id, services.join(room.public_id, member, muted=True).connection)
    return room, member


def test_who_is_entering_is_not_renamed(enters: tuple[Room, User], monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        return
    room, member = enters
    refused: list[str] = []
    beside: list[Beside] = []

    def rename() -> None:
        try:
            save_profile(member, name=AFTER)
        except renaming.NameRefused as refusal:
            refused.append(refusal.code)

    def goes() -> None:
        beside.append(Beside(rename))
        assert not beside[0].is_done(within=MOMENT_SECONDS)

    between(monkeypatch, entering, "_connect", goes)
    services.join(room.public_id, member, muted=True)
    assert beside[0].is_done()
    assert refused == ["name_live"]
    assert Profile.objects.get(user=member).name == BEFORE


def test_who_is_being_renamed_enters_by_the_new_name(
    enters: tuple[Room, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        return
    room, member = enters
    beside: list[Beside] = []

    def goes() -> None:
        beside.append(Beside(lambda: services.join(room.public_id, User.objects.get(pk=member.pk), muted=True)))
        assert not beside[0].is_done(within=MOMENT_SECONDS)

    between(monkeypatch, renaming, "looks_like", goes)
    save_profile(member, name=AFTER)
    assert beside[0].is_done()
    place = Participant.objects.select_related("user__profile").get(room=room, user=member)
    assert place.left_at is None
    assert selectors.person_card(place).name == AFTER
