"""Every field in which a member writes, with every outcome, through the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NameChange, Profile, User
from accounts.profile_models import NameState
from accounts.written import TextRefused
from invites.models import Application
from invites.services import waitlist
from moderation.models import Flag, FlagSource, HeldState, HeldText
from moderation.services import decide_held
from rooms.models import Room, Topic
from tests.factories import a_member, a_room_to_come, a_topic, an_industry
from tests.fakes import RecordingBus
from tests.invites.test_waitlist import MAILBOX, SAID, an_application
from tests.invites.test_waitlist import form as application_form
from tests.moderation.words import FLAGGED, HELD, REFUSED, WHY, on_the_lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lists(recording_bus: RecordingBus) -> None:
    on_the_lists()


@dataclass
class Somebody:
    """A member with a browser."""

    user: User
    browser: Client

    @property
    def profile(self) -> Profile:
        return Profile.objects.get(user=self.user)


@pytest.fixture
def somebody() -> Somebody:
    user, browser = a_member("Amara Okafor"), Client()
    browser.force_login(user)
    return Somebody(user, browser)


def profile_form(user: User, **fields: Any) -> dict[str, Any]:
    profile = user.profile
    said = {name: getattr(profile, name) for name in ("name", "headline", "organisation", "language", "bio")}
    lists = {"expertise": "", "links": "", "languages": ["en"], "more": "1"}
    return {**said, **lists, "industry": profile.industry_id, "portrait": "", **fields}


def room_form(topic: Topic, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Who pays for it?",
        "topic": topic.pk,
        "language": "en",
        "description": "",
        "speakers": "",
        "visibility": "members",
        "confidentiality": "on_record",
        "hand_policy": "everyone",
        "stage_size": "8",
        "slow_mode": "0",
        **fields,
    }


# field → what is typed for a word, what stands then
PROFILE: dict[str, tuple[Callable[[str], str], Callable[[Profile], str]]] = {
    "headline": (lambda word: f"Expert of {word}", lambda profile: profile.headline),
    "organisation": (lambda word: f"{word} works", lambda profile: profile.organisation),
    "bio": (lambda word: f"I do\n{word}.", lambda profile: profile.bio),
    "expertise": (
        lambda word: f"yield, {word}",
        lambda profile: ", ".join(tag.words for tag in profile.expertise.all()),
    ),
    "links": (
        lambda word: f"https://{word}.example/",
        lambda profile: "".join(link.url for link in profile.links.all()),
    ),
}


def save_profile(somebody: Somebody, **fields: str) -> Any:
    return somebody.browser.post(reverse("accounts:welcome"), profile_form(somebody.user, **fields))


@pytest.mark.parametrize("field", PROFILE)
def test_a_profile_is_refused_beside_the_field(somebody: Somebody, field: str) -> None:
    typed, stands = PROFILE[field]
    before = stands(somebody.profile)
    answer = save_profile(somebody, **{field: typed(REFUSED)})
    assert answer.status_code == 200
    assert WHY in answer.content.decode()
    assert [error.code for error in answer.context["form"].errors.as_data()[field]] == ["text_refused"]
    assert stands(somebody.profile) == before
    assert not Flag.objects.exists()
    assert not HeldText.objects.exists()


@pytest.mark.parametrize("field", PROFILE)
def test_a_profile_that_is_flagged_stands(somebody: Somebody, field: str) -> None:
    typed, stands = PROFILE[field]
    assert save_profile(somebody, **{field: typed(FLAGGED)}).status_code == 302
    assert FLAGGED in stands(somebody.profile)
    flag = Flag.objects.get()
    assert (flag.source, flag.where, flag.user) == (FlagSource.TEXT, f"profile.{field}", somebody.user)
    assert (flag.because, FLAGGED in flag.excerpt) == (FLAGGED, True)
    save_profile(somebody, **{field: typed(FLAGGED)})
    assert Flag.objects.count() == 1, "what stands already is not flagged again"


@pytest.mark.parametrize("field", PROFILE)
def test_a_profile_that_is_held_stays_until_it_is_approved(somebody: Somebody, field: str) -> None:
    typed, stands = PROFILE[field]
    before = stands(somebody.profile)
    assert save_profile(somebody, **{field: typed(HELD)}).status_code == 302
    assert stands(somebody.profile) == before
    held = HeldText.objects.get(state=HeldState.WAITING)
    assert held.where == f"profile.{field}"
    assert HELD in somebody.browser.get(reverse("accounts:welcome")).content.decode(), "its writer sees that it waits"
    decide_held(held, by=a_member(is_staff=True), approved=True, reason="A name of a method")
    assert HELD in stands(somebody.profile)
    assert HELD not in somebody.browser.get(reverse("accounts:welcome")).context["waiting_words"]


def test_what_is_held_is_replaced_and_given_up_by_its_writer(somebody: Somebody) -> None:
    save_profile(somebody, headline=f"{HELD} one")
    save_profile(somebody, headline=f"{HELD} two")
    assert [held.text for held in HeldText.objects.filter(state=HeldState.WAITING)] == [f"{HELD} two"]
    save_profile(somebody, headline="Something else")
    assert not HeldText.objects.filter(state=HeldState.WAITING).exists()
    assert somebody.profile.headline == "Something else"


def test_a_name_is_refused_held_and_flagged(somebody: Somebody) -> None:
    assert WHY in save_profile(somebody, name=f"Amara {REFUSED}").content.decode()
    save_profile(somebody, name=f"Amara {HELD}")
    waiting = NameChange.objects.get(user=somebody.user, state=NameState.WAITING)
    assert (waiting.wanted, waiting.looks_like, somebody.profile.name) == (f"Amara {HELD}", None, "Amara Okafor")
    page = somebody.browser.get(reverse("accounts:welcome")).content.decode()
    assert "looks like somebody else" not in page
    save_profile(somebody, name=f"Amara {FLAGGED}")
    assert somebody.profile.name == f"Amara {FLAGGED}"
    assert Flag.objects.get().where == "profile.name"


def test_a_newcomer_with_a_held_name_and_headline_has_neutral_ones(db: None) -> None:
    user, browser = a_member(with_profile=False), Client()
    browser.force_login(user)
    said = {"name": f"Lin {HELD}", "headline": f"{HELD} expert", "organisation": "", "language": "en", "portrait": ""}
    assert browser.post(reverse("accounts:welcome"), {**said, "industry": an_industry().pk}).status_code == 302
    profile = Profile.objects.get(user=user)
    assert HELD not in profile.name + profile.headline
    decide_held(HeldText.objects.get(where="profile.headline"), by=a_member(is_staff=True), approved=True)
    profile.refresh_from_db()
    assert profile.headline == f"{HELD} expert"


# --- Rooms and topics -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_new_room(somebody: Somebody, field: str) -> None:
    topic = a_topic(somebody.user)
    page = reverse("rooms:new_room")
    answer = somebody.browser.post(page, room_form(topic, **{field: f"About {REFUSED}"}))
    assert answer.context["form"].errors.as_data()[field][0].code == "text_refused"
    assert not Room.objects.exists()

    somebody.browser.post(page, room_form(topic, **{field: f"About {FLAGGED}"}))
    room = Room.objects.get()
    assert getattr(room, field) == f"About {FLAGGED}"
    assert [(flag.where, flag.room) for flag in Flag.objects.all()] == [(f"room.{field}", room)]

    somebody.browser.post(page, room_form(topic, **{field: f"About {HELD}"}))
    held_room = Room.objects.latest("pk")
    assert HELD not in getattr(held_room, field)
    assert len(held_room.title) >= 4
    decide_held(HeldText.objects.get(), by=a_member(is_staff=True), approved=True)
    held_room.refresh_from_db()
    assert getattr(held_room, field) == f"About {HELD}"


@pytest.mark.parametrize("field", ["title", "description"])
def test_a_room_that_was_announced_is_changed(somebody: Somebody, field: str) -> None:
    room = a_room_to_come(somebody.user)
    page = reverse("rooms:edit", args=[room.public_id])
    before = getattr(room, field)

    def change(words: str) -> Any:
        when = {"date": room.starts_at.date().isoformat(), "time": f"{room.starts_at:%H:%M}", "time_zone": "UTC"}
        said = room_form(room.topic, title=room.title, description=room.description)
        return somebody.browser.post(page, {**said, **when, field: words})

    assert change(f"About {REFUSED}").context["form"].errors.as_data()[field][0].code == "text_refused"
    assert change(f"About {HELD}").status_code == 302
    room.refresh_from_db()
    assert getattr(room, field) == before
    decide_held(HeldText.objects.get(), by=a_member(is_staff=True), approved=True)
    room.refresh_from_db()
    assert (getattr(room, field), room.revision > 0) == (f"About {HELD}", True)
    change(f"About {FLAGGED}")
    room.refresh_from_db()
    assert getattr(room, field) == f"About {FLAGGED}"
    assert Flag.objects.get().where == f"room.{field}"


def test_a_topic(somebody: Somebody) -> None:
    page, industry = reverse("rooms:new_topic"), an_industry()

    def make(name: str) -> Any:
        return somebody.browser.post(page, {"name": name, "industry": industry.pk})

    assert make(f"On {REFUSED}").context["form"].errors.as_data()["name"][0].code == "text_refused"
    make(f"On {FLAGGED}")
    assert Topic.objects.get().name == f"On {FLAGGED}"
    assert make(f"On {HELD}")["Location"] == reverse("rooms:hallway")
    assert Topic.objects.count() == 1
    decide_held(HeldText.objects.get(), by=a_member(is_staff=True), approved=True)
    assert Topic.objects.get(name=f"On {HELD}").created_by == somebody.user


# --- Applications ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "occupation", "why", "vouchers"])
def test_an_application_is_refused_in_the_form(client: Client, field: str) -> None:
    answer = client.post(reverse("invites:apply"), application_form(**{field: f"My {REFUSED}"}))
    assert answer.context["form"].errors.as_data()[field][0].code == "text_refused"
    assert not Application.objects.exists()
    with pytest.raises(TextRefused):
        waitlist.apply(MAILBOX, industry=an_industry(), **{**SAID, "language": "en", field: f"My {REFUSED}"})


@pytest.mark.parametrize("word", [FLAGGED, HELD])
@pytest.mark.parametrize("field", ["name", "occupation", "why", "vouchers"])
def test_an_application_waits_for_staff_anyway_so_it_is_flagged(field: str, word: str) -> None:
    made = waitlist.apply(MAILBOX, industry=an_industry(), **{**SAID, "language": "en", field: f"My {word}"})
    assert not Flag.objects.exists(), "not before it is proven who they are"
    waitlist.prove(made)
    assert Flag.objects.get().where == f"application.{field}"
    assert not HeldText.objects.exists()


def test_answers_and_vouches() -> None:
    application = an_application()
    waitlist.ask(application, by=a_member(is_staff=True), text="Why?")
    with pytest.raises(TextRefused):
        waitlist.answer(application, f"Because {REFUSED}")
    assert waitlist.answer(application, f"Because {FLAGGED}")
    waitlist.vouch(application, a_member("Lin Wei"), f"We {HELD} together")
    assert [flag.where for flag in Flag.objects.order_by("pk")] == ["application.answer", "vouch.words"]


# --- Disguises, as a whole ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "disguised", ["q r e f u s e d", "qr3fus3d", "ｑｒｅｆｕｓｅｄ", "Q.R.E.F.U.S.E.D", "qrefuuuused"]
)
def test_disguises_help_nobody(somebody: Somebody, disguised: str) -> None:
    answer = save_profile(somebody, bio=f"I am {disguised}")
    assert "bio" in answer.context["form"].errors
