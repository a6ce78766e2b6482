"""New members listen, then speak, then host, by rule; founders, staff and young installations are trusted."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from invites.models import Redemption
from invites.services import create_invite
from moderation.limits import limits_of
from moderation.models import Sanction
from moderation.services import impose
from moderation.trust import Facts, Tier, tier_by, trust_of
from rooms import services as rooms
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.models import Participant, Room
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiers(settings, recording_bus) -> None:
    """As in production, where there are enough members for rules."""
    settings.MITALK_TRUST_TIERS = True
    settings.TRUST_FROM_MEMBERS = 1


@pytest.fixture
def sponsor() -> User:
    return a_member("Amara Okafor")


def newcomer(sponsor: User, *, days: float = 0, invite_by: User | None = None) -> User:
    """Somebody who came by an invite so many days ago."""
    user = a_member("Lin Wei", sponsor=sponsor, date_joined=timezone.now() - timedelta(days=days, minutes=1))
    invite, _code = create_invite(sponsor=invite_by or sponsor)
    Redemption.objects.create(invite=invite, user=user)
    return user


def heard(user: User, rooms_of_others: int) -> None:
    now = timezone.now()
    for _ in range(rooms_of_others):
        stay = {"arrived_at": now - timedelta(minutes=11), "left_at": now, "joins": 1, "connection": "c"}
        Participant.objects.create(room=a_live_room(a_member("Ji-woo Han")), user=user, **stay)


def tier(user: User) -> Tier:
    return trust_of(User.objects.get(pk=user.pk)).tier


@pytest.mark.parametrize(
    ("days", "heard_rooms", "expected"),
    [
        (0, 0, Tier.LISTENS),
        (0, 1, Tier.LISTENS),
        (1, 0, Tier.LISTENS),
        (1, 1, Tier.SPEAKS),
        (6, 3, Tier.SPEAKS),
        (7, 0, Tier.SPEAKS),
        (7, 3, Tier.HOSTS),
        (29, 2, Tier.SPEAKS),
        (30, 0, Tier.HOSTS),
    ],
)
def test_the_rule_by_days_and_rooms(tiers, sponsor, days, heard_rooms, expected):
    user = newcomer(sponsor, days=days)
    heard(user, heard_rooms)
    assert tier(user) is expected


def test_ones_own_rooms_and_a_look_inside_do_not_count(tiers, sponsor):
    user = newcomer(sponsor, days=1)
    now = timezone.now()
    place = {"joins": 1, "connection": "c", "left_at": now}
    mine = Room.objects.create(host=user, title="Mine alone", topic=a_live_room().topic, phase="ended")
    Participant.objects.create(room=mine, user=user, arrived_at=now - timedelta(hours=1), **place)
    Participant.objects.create(room=a_live_room(), user=user, arrived_at=now - timedelta(minutes=9), **place)
    assert tier(user) is Tier.LISTENS


@pytest.mark.parametrize(
    ("days", "heard_rooms", "missing", "later"),
    [
        (0, 0, ("1 day more", "1 room more"), "7 days more"),
        (0, 1, ("1 day more", ""), "7 days more"),
        (2, 0, ("", "1 room more"), "5 days more"),
        (2, 1, ("5 days more", "2 rooms more"), "28 days more"),
        (8, 2, ("", "1 room more"), "22 days more"),
    ],
)
def test_what_is_still_missing_is_told_in_numbers(tiers, sponsor, client, days, heard_rooms, missing, later):
    user = newcomer(sponsor, days=days)
    heard(user, heard_rooms)
    trust = trust_of(User.objects.get(pk=user.pk))
    assert tuple(need.missing for need in trust.sooner) == missing
    assert [need.is_met for need in trust.sooner] == [not each for each in missing]
    client.force_login(user)
    page = client.get(reverse("moderation:standing")).content.decode()
    for each in (*filter(None, missing), later):
        assert f"Still missing: {each}" in page
    assert page.count("Still missing") == len([*filter(None, missing), later])


def test_whom_staff_invited_or_approved_speaks_at_once_and_hosts_after_three_rooms(tiers, sponsor):
    staff = a_member("Sofia Takács", is_staff=True)
    user = newcomer(sponsor, invite_by=staff)
    assert tier(user) is Tier.SPEAKS
    heard(user, 3)
    assert tier(user) is Tier.HOSTS


def test_a_proven_claim_counts_the_same(tiers, sponsor):
    from accounts.models import Claim

    user = newcomer(sponsor)
    now = timezone.now()
    Claim.objects.create(
        user=user, kind="licence", state="verified", about="PE", verified_at=now, expires_at=now + timedelta(days=9)
    )
    assert tier(user) is Tier.SPEAKS


def test_strikes_cost_a_tier_until_they_decay():
    rule = {"rooms": 9, "is_vouched": False, "is_trusted": False}
    assert tier_by(Facts(days=99, strikes=3, **rule)) is Tier.HOSTS
    assert tier_by(Facts(days=99, strikes=4, **rule)) is Tier.SPEAKS
    assert tier_by(Facts(days=7, strikes=4, rooms=0, is_vouched=False, is_trusted=False)) is Tier.LISTENS


def test_strikes_are_those_of_the_sanctions(tiers, sponsor):
    user = newcomer(sponsor, days=40)
    staff = a_member("Sofia Takács", is_staff=True)
    for _ in range(4):
        impose(user, "warn", rule=2, facts="Shouted at somebody.", by=staff)
    assert tier(user) is Tier.SPEAKS
    assert trust_of(user).held_back == "Strikes hold you back: you have 4, and it takes fewer than 4. They decay."
    Sanction.objects.update(overturned=True)
    assert tier(user) is Tier.HOSTS


# --- In rooms -----------------------------------------------------------------------------------------------------


def refusal(call, *args, **kwargs) -> Code:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_a_new_member_listens_and_is_told_why_they_do_nothing_more(tiers, sponsor, client):
    user = newcomer(sponsor)
    room = a_live_room(sponsor)
    host = rooms.join(room.public_id, sponsor, muted=True)
    me = rooms.join(room.public_id, user, muted=True)
    assert refusal(rooms.raise_hand, room.public_id, me.connection, line="") is Code.TRUST_SPEAK
    assert refusal(rooms.invite, room.public_id, host.connection, me.person) is Code.PERSON_LIMITED
    assert refusal(a_live_room, user) is Code.TRUST_HOST
    client.force_login(user)
    for name in ("new_room", "schedule"):
        response = client.get(reverse(f"rooms:{name}"))
        assert (response.status_code, response["X-Error-Code"]) == (403, "trust_host")
        assert reverse("moderation:standing") in response.content.decode()
    page = client.get(reverse("moderation:standing")).content.decode()
    assert "You listen." in page
    assert "Be a member for 1 day" in page
    assert "Be a member for 7 days" in page


def test_a_sanction_is_named_before_a_lack_of_trust(tiers, sponsor):
    user = newcomer(sponsor)
    impose(user, "no_stage", rule=2, facts="Shouted at somebody.", by=a_member(is_staff=True))
    assert limits_of(user) == {
        Ability.STAGE: Code.SANCTIONED_STAGE,
        Ability.SPEAK: Code.SANCTIONED_STAGE,
        Ability.HOST: Code.TRUST_HOST,
    }


# --- Who is trusted from the first --------------------------------------------------------------------------------


def test_founders_staff_and_the_demonstration_host_at_once(tiers, sponsor):
    assert tier(sponsor) is Tier.HOSTS  # made by an operator, by nobody's invite
    assert tier(a_member("Sofia Takács", is_staff=True, sponsor=sponsor)) is Tier.HOSTS
    assert tier(a_member("A Demo", is_demo=True, sponsor=sponsor)) is Tier.HOSTS


def test_in_a_young_installation_everybody_does(tiers, sponsor, settings):
    settings.TRUST_FROM_MEMBERS = 3
    user = newcomer(sponsor)
    assert tier(user) is Tier.HOSTS
    a_member("The Third")
    assert tier(user) is Tier.LISTENS


def test_embedded_there_are_no_tiers_and_the_first_member_hosts(sponsor, recording_bus, client):
    user = newcomer(sponsor)
    assert limits_of(user) == {}
    a_live_room(user)
    client.force_login(user)
    assert "You are trusted with everything here." in client.get(reverse("moderation:standing")).content.decode()


def test_who_was_made_at_the_terminal_hosts_at_once(tiers, monkeypatch):
    monkeypatch.setenv("MITALK_STAFF_PASSWORD", "correct horse battery staple")
    call_command("create_staff", "head@example.org")
    assert tier(User.objects.get(email="head@example.org")) is Tier.HOSTS
