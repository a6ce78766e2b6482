"""Search over rooms, topics and people: any part of the words, in any case and spelling, in three scripts."""

import unicodedata

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from rooms import selectors, services
from tests.factories import a_live_room, a_member, a_room_to_come, a_topic, an_industry

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara(client: Client) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend="accounts.backends.MemberBackend")
    return amara


def test_results_are_grouped(client: Client, amara: User, recording_bus) -> None:
    live, coming = a_live_room(title="Packaging now"), a_room_to_come(title="Packaging later")
    topic = services.create_topic(name="Chip packaging", industry=an_industry(), by=amara)
    a_member("Packaging Petra")
    over = a_live_room(title="Packaging over")
    services.end_from_outside(over.public_id, by=over.host)
    found = client.get(reverse("rooms:search"), {"q": "packAGING"}).context["found"]
    assert [card.public_id for card in found.live] == [live.public_id]
    assert [card.public_id for card in found.coming] == [coming.public_id]
    assert [card.public_id for card in found.topics] == [topic.public_id]
    assert [card.name for card in found.people] == ["Packaging Petra"]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("第一次裁员：我们做错了什么", "裁员"),
        ("야간 응급실의 데이터: 현장에서 배운 것들", "응급실"),
        ("야간 응급실의 데이터: 현장에서 배운 것들", unicodedata.normalize("NFD", "응급실")),
        ("Who pays for the second foundry?", "ＦＯＵＮＤＲＹ"),
        ("Who pays for the second foundry?", "foundry WHO"),
        ("ÄRZTE am Wochenende", "ärzte"),
        ("ärzte am Wochenende", "ÄRZTE"),
        ("100 % of it", "100 %"),
    ],
)
def test_any_part_is_found_in_any_spelling(amara: User, title: str, query: str) -> None:
    a_live_room(title=title)
    a_live_room(title="Something else")
    found = selectors.search_for(amara, query)
    assert found is not None
    assert [card.title for card in found.live] == [title]


def test_a_percent_sign_is_a_percent_sign(amara: User) -> None:
    a_live_room(title="Something else")
    assert not selectors.search_for(amara, "%")


@pytest.mark.parametrize("query", ["", "   ", "\0", "\u3000"])
def test_nothing_asked_nothing_found(client: Client, amara: User, query: str) -> None:
    page = client.get(reverse("rooms:search"), {"q": query})
    assert page.status_code == 200
    assert page.context["found"] is None


def test_nothing_found_says_so_and_offers_a_room(client: Client, amara: User) -> None:
    page = client.get(reverse("rooms:search"), {"q": "<b>nowhere</b>"}).content.decode()
    assert "&lt;b&gt;nowhere&lt;/b&gt;" in page
    assert reverse("rooms:new_room") in page


def test_whom_a_block_parts_from_me_is_not_found(amara: User) -> None:
    blocker, blocked, other = a_member("Petra One"), a_member("Petra Two"), a_member("Petra Three")
    accounts.block(blocker, amara)
    accounts.block(amara, blocked)
    found = selectors.search_for(amara, "petra")
    assert found is not None
    assert [card.name for card in found.people] == [other.name]


def test_searching_has_its_limit(client: Client, amara: User, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "search": "2/m/user"}
    a_topic()
    answers = [client.get(reverse("rooms:search"), {"q": "topic"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
