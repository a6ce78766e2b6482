"""Who sees what of a profile. What is hidden is in no page, no frame and no search."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts import people_search, selectors, services
from accounts.models import Industry, Profile, User, Visibility
from accounts.portraits import PHOTO_SIZES
from accounts.visibility import FIELDS, Relation, card, headline
from rooms import selectors as rooms
from rooms import services as room_services
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.MemberBackend"

# A word that stands in one field only, each.
SAID = {
    "headline": "Zephyrine",
    "organisation": "Quixotica",
    "industry": "Xylography",
    "expertise": "Juggernauting",
    "languages": "Magyar",
    "bio": "Flabbergast",
    "links": "wobbegong.example",
    "photo": "PHOTOPHOTOPHOTO1",
}


@pytest.fixture
def amara(settings, tmp_path: Path) -> User:
    """Who says everything, each in a word of its own."""
    settings.MEDIA_ROOT = tmp_path
    industry = Industry.objects.create(slug="xylo", name_en="Xylography", name_zh="木版", name_ko="목판")
    user = a_member("Amara Okafor", with_profile=False)
    services.save_profile(
        user,
        name="Amara Okafor",
        headline="Zephyrine engineer",
        organisation="Quixotica Ltd",
        industry=industry,
        expertise=["Juggernauting", "先进封装"],
        languages=["en", "hu"],
        bio="Flabbergast by profession",
        links=["https://wobbegong.example/me"],
        photo=SAID["photo"],
    )
    for size in PHOTO_SIZES:
        storages["default"].save(f"photos/{SAID['photo']}-{size}.webp", ContentFile(b"RIFF"))
    return user


@pytest.fixture
def stranger() -> User:
    return a_member("Lin Wei")


@pytest.fixture
def friend(amara: User) -> User:
    friend = a_member("Ji-woo Han")
    services.follow(amara, friend)
    services.follow(friend, amara)
    return friend


@pytest.fixture
def follower(amara: User) -> User:
    """Follows, and is not followed back."""
    follower = a_member("Petra Roth")
    services.follow(follower, amara)
    return follower


def hide(user: User, field: str, visibility: Visibility) -> None:
    Profile.objects.filter(user=user).update(**{f"{field}_visibility": visibility})


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def page_of(person: User, viewer: User) -> str:
    return signed_in(viewer).get(reverse("accounts:profile", args=[person.public_id])).content.decode()


def test_unless_said_otherwise_every_member_sees_everything(amara: User, stranger: User) -> None:
    page = page_of(amara, stranger)
    assert {field for field, word in SAID.items() if word in page} == set(SAID)


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_is_seen_by_whom_it_is_for(
    field: str, amara: User, stranger: User, follower: User, friend: User
) -> None:
    def see_it() -> list[bool]:
        return [SAID[field] in page_of(amara, viewer) for viewer in (stranger, follower, friend, amara)]

    assert see_it() == [True, True, True, True]
    hide(amara, field, Visibility.CIRCLE)
    assert see_it() == [False, False, True, True]
    hide(amara, field, Visibility.ME)
    assert see_it() == [False, False, False, True]


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_hidden_is_found_in_no_page_no_frame_and_by_no_search(
    field: str, amara: User, stranger: User, recording_bus
) -> None:
    hide(amara, field, Visibility.ME)
    word = SAID[field]
    services.follow(amara, stranger)
    room = a_live_room(amara)
    room_services.join(room.public_id, amara, muted=True)
    room_services.join(room.public_id, stranger, muted=True)
    viewer = signed_in(stranger)
    addresses = [
        reverse("rooms:hallway"),
        reverse("rooms:search") + f"?q={word}",
        reverse("rooms:search") + "?q=Amara",
        reverse("rooms:room", args=[room.public_id]),
        reverse("rooms:programme"),
        reverse("accounts:people") + f"?q={word}",
        reverse("accounts:people") + "?q=Amara",
        reverse("accounts:profile", args=[amara.public_id]),
        reverse("accounts:follow_list", args=[stranger.public_id, "followers"]),
        reverse("rooms:ping", args=[room.public_id]),
    ]
    pages = {address: viewer.get(address).content.decode() for address in addresses}
    typed = {"wanted", f'value="{word}"', f"q={word}", f"“{word}”"}
    for address, page in pages.items():
        for echo in typed:
            page = page.replace(echo, "")
        if field != "languages":  # the name of a language is a choice on every search page
            assert word not in re.sub(r"<option.*?</option>", "", page), address
    frames = [asdict(rooms.room_snapshot(room.public_id)), asdict(rooms.desk(room.public_id))]
    frames += [asdict(found) for found in rooms.find_people(room, "")]
    frames += [message for _topic, message in recording_bus.published]
    assert word not in json.dumps(frames, default=str)
    assert amara not in people_search.find_people(stranger, people_search.Wanted(word))
    search = rooms.search_for(stranger, word)
    assert search is not None
    assert search.people == []
    assert rooms.find_members_to_ask(room, stranger, word) == []


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("industry", people_search.Wanted(industry="xylo")), ("languages", people_search.Wanted(language="hu"))],
)
def test_filters_find_nobody_by_what_is_hidden(
    field: str, wanted: people_search.Wanted, amara: User, stranger: User, friend: User
) -> None:
    assert amara in people_search.find_people(stranger, wanted)
    hide(amara, field, Visibility.CIRCLE)
    assert amara not in people_search.find_people(stranger, wanted)
    assert amara in people_search.find_people(friend, wanted)
    assert amara in people_search.find_people(amara, wanted)


def test_a_hidden_industry_moves_nobody_up_among_the_suggested(amara: User) -> None:
    viewer = a_member("Lin Wei", with_profile=False)
    services.save_profile(viewer, name="Lin Wei", headline="Carver", industry=Industry.objects.get(slug="xylo"))
    later = a_member("Newer Member")
    assert rooms.hall_for(viewer, rooms.Wanted()).people_to_follow[0].name == "Amara Okafor"
    hide(amara, "industry", Visibility.CIRCLE)
    assert rooms.hall_for(viewer, rooms.Wanted()).people_to_follow[0].name == later.name


def test_guests_see_name_and_headline_of_who_speaks_and_no_more(amara: User, recording_bus) -> None:
    room = room_services.open_room(
        host=amara, title="Who pays for it?", topic=a_live_room().topic, language="en", visibility="public"
    )
    room_services.join(room.public_id, amara, muted=True)
    page = signed_in(None).get(reverse("rooms:room", args=[room.public_id])).content.decode()
    assert {field for field, word in SAID.items() if word in page} == {"headline"}
    hide(amara, "headline", Visibility.CIRCLE)
    page = signed_in(None).get(reverse("rooms:room", args=[room.public_id])).content.decode()
    assert "Zephyrine" not in page
    assert "Amara Okafor" in page
    told = card(Profile.objects.get(user=amara), Relation.GUEST)
    assert (told.organisation, told.industry, told.bio, told.expertise, told.links) == ("", "", "", (), ())


def test_members_see_the_photo_on_stage_in_the_audience_and_on_cards(
    amara: User, stranger: User, recording_bus
) -> None:
    room = a_live_room(amara)
    room_services.join(room.public_id, amara, muted=True)
    snapshot = rooms.room_snapshot(room.public_id)
    assert SAID["photo"] in snapshot.stage[0].portrait
    for address in (reverse("rooms:room", args=[room.public_id]), reverse("rooms:hallway")):
        assert SAID["photo"] in signed_in(stranger).get(address).content.decode()
    hide(amara, "photo", Visibility.CIRCLE)
    assert rooms.room_snapshot(room.public_id).stage[0].portrait == ""


def test_one_rule_for_rows_and_for_queries(amara: User, stranger: User, friend: User) -> None:
    for visibility in Visibility:
        hide(amara, "headline", visibility)
        profile = Profile.objects.select_related("user").get(user=amara)
        for viewer in (stranger, friend, amara):
            shown = selectors.profile_card(profile, viewer).headline != ""
            assert shown == (amara in people_search.holding(User.objects.all(), "Zephyrine", viewer))
            assert selectors.profile_cards([profile], viewer) == [selectors.profile_card(profile, viewer)]
        assert bool(headline(profile)) == (visibility is Visibility.MEMBERS)


def test_no_template_reads_a_field_past_the_rule() -> None:
    raw = re.compile(r"(?:profile|sponsor)\.(?:" + "|".join({*FIELDS} - {"photo"}) + r")\b")
    templates = Path(configured.BASE_DIR) / "templates"
    found = {
        file.name
        for file in templates.rglob("*.html")
        if "admin" not in file.parts and raw.search(file.read_text().replace("form.", ""))
    }
    assert found == set()
