"""Staff decide on nothing of a room that they run, nor on what they wrote: a second person does."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from moderation import services
from moderation.models import Case, Flag, FlagSource, HeldState, HeldText, Outcome, ReportKind
from moderation.services import About, CaseRefused, NotYours, Reporter, decide_flag, decide_held, raise_flag
from moderation.services.paging import whom_to_page
from rooms import services as rooms
from rooms.domain.messages import ReportCategory
from rooms.domain.roles import Role
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member, a_topic
from tests.moderation.reporting import a_moderator
from tests.moderation.words import HELD, on_the_lists

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording_bus")]


@pytest.fixture
def staff() -> User:
    return a_moderator("Noor Staff")


def hosts(room: Room, staff: User) -> None:
    Room.objects.filter(pk=room.pk).update(host=staff)


def ran(room: Room, staff: User) -> None:
    """They were a moderator there, and are gone."""
    me = rooms.join(room.public_id, staff, muted=True, accepts=room.confidentiality)
    Participant.objects.filter(public_id=me.person).update(role=Role.MODERATOR)
    rooms.leave(room.public_id, me.connection)


RUNS = [hosts, ran]


def said_in(room: Room) -> HeldText:
    """A message of somebody that waits."""
    on_the_lists()
    me = rooms.join(room.public_id, a_member("Lin Wei"), muted=True, accepts=room.confidentiality)
    rooms.say(room.public_id, me.connection, f"Say {HELD}")
    return HeldText.objects.get(state=HeldState.WAITING)


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("mode", [Confidentiality.ON_RECORD, Confidentiality.CHATHAM_HOUSE])
def test_a_text_of_their_room(staff: User, runs: Callable[[Room, User], None], mode: Confidentiality) -> None:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(confidentiality=mode)
    room.refresh_from_db()
    runs(room, staff)
    held = said_in(room)
    with pytest.raises(NotYours):
        decide_held(held, by=staff, approved=True, reason="It is fine")
    held.refresh_from_db()
    assert held.state == HeldState.WAITING
    assert decide_held(held, by=a_moderator(), approved=True, reason="It is fine")


def test_their_own_words_without_a_name(staff: User) -> None:
    on_the_lists()
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(confidentiality=Confidentiality.CHATHAM_HOUSE)
    me = rooms.join(room.public_id, staff, muted=True, accepts="chatham")
    rooms.say(room.public_id, me.connection, f"Say {HELD}")
    held = HeldText.objects.get()
    assert held.user is None
    with pytest.raises(NotYours):
        decide_held(held, by=staff, approved=True, reason="It is fine")


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("source", [FlagSource.TEXT, FlagSource.SPEECH, FlagSource.SIGNAL])
def test_a_flag_of_their_room(staff: User, runs: Callable[[Room, User], None], source: FlagSource) -> None:
    room = a_live_room()
    runs(room, staff)
    flag = raise_flag(source=source, where="stage", because="a phrase", room=room)
    with pytest.raises(NotYours):
        decide_flag(flag, by=staff, upheld=False)
    assert decide_flag(flag, by=a_moderator(), upheld=False)


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("kind", [ReportKind.ROOM, ReportKind.PERSON, ReportKind.MESSAGE])
def test_a_case_of_their_room(staff: User, runs: Callable[[Room, User], None], kind: ReportKind) -> None:
    room = a_live_room()
    runs(room, staff)
    person = a_member("Rae Ported")
    more = {} if kind is ReportKind.ROOM else {"target_user": person}
    if kind is ReportKind.MESSAGE:
        more |= {"written": "a-message", "message": "What they wrote"}
    about = About(kind=kind, room=room, **more)
    services.make_report(Reporter(user=a_member()), about, category=ReportCategory.DANGER, line="")
    case = Case.objects.get()
    for act in (
        lambda: services.take(case, staff),
        lambda: services.decide(case, staff, Outcome.NOTHING_FOUND, "Nothing of it is so"),
    ):
        with pytest.raises(CaseRefused) as refusal:
            act()
        assert str(refusal.value) == "partial"
    assert staff not in whom_to_page(case)
    services.decide(case, a_moderator(), Outcome.NOTHING_FOUND, "Nothing of it is so")


def test_a_case_of_a_topic_that_they_made(staff: User) -> None:
    topic = a_topic(staff)
    about = About(kind=ReportKind.TOPIC, topic=topic)
    services.make_report(Reporter(user=a_member()), about, category=ReportCategory.HATE, line="")
    with pytest.raises(CaseRefused):
        services.take(Case.objects.get(), staff)


def browser_of(user: User) -> Client:
    names = ("view_heldtext", "decide_heldtext", "view_flag", "decide_flag")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    browser = Client()
    browser.force_login(user)
    return browser


def test_the_pages_say_so_and_offer_no_decision(staff: User) -> None:
    room = a_live_room()
    hosts(room, staff)
    held, browser = said_in(room), browser_of(staff)
    decide = f"{reverse('admin:moderation_heldtext_decide')}?ids={held.pk}"
    for page in (decide, reverse("admin:moderation_heldtext_change", args=[held.pk])):
        body = browser.get(page).content.decode()
        assert "somebody else of staff has to decide" in body
        assert 'name="decision"' not in body
    browser.post(decide, {"decision": "yes", "reason": "It is fine"})
    held.refresh_from_db()
    assert held.state == HeldState.WAITING

    other = browser_of(a_moderator("Sam Second"))
    assert 'name="decision"' in other.get(decide).content.decode()
    other.post(decide, {"decision": "yes", "reason": "It is fine"})
    held.refresh_from_db()
    assert held.state == HeldState.APPROVED
    assert not Flag.objects.exists()
