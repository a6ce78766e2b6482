"""Staff find people, and sanction several for the same thing: with a rule and facts, each written down."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from moderation import services
from moderation.models import Sanction
from moderation.roles import establish
from tests.factories import a_member

pytestmark = pytest.mark.django_db
PEOPLE = "admin:moderation_person_changelist"
FACTS = "They sold what was said in rooms to a newspaper."


@pytest.fixture
def moderator(client: Client, recording_bus) -> User:
    establish(apps)
    user = a_member("Sofia Takács", is_staff=True)
    user.groups.add(Group.objects.get(name="Moderator"))
    client.force_login(user)
    return user


def choose(client: Client, *people: User, **answer: str):
    chosen = {"action": "sanction_chosen", "_selected_action": [person.pk for person in people]}
    return client.post(reverse(PEOPLE), chosen | answer, follow=True)


def answer(**more: str) -> dict[str, str]:
    return {"impose": "1", "kind": "mute", "days": "7", "rule": "1", "facts": FACTS, "room": ""} | more


def test_the_list_finds_people_and_leads_to_their_page(client: Client, moderator: User):
    lin = a_member("Lin Wei")
    page = client.get(reverse(PEOPLE), {"q": "lin w"}).content.decode()
    assert reverse("admin:person", args=[lin.public_id]) in page
    assert "formermember" not in page.replace("-", "").lower()


def test_several_are_sanctioned_for_the_same_thing_and_each_is_written_down(client: Client, moderator: User):
    lin, amara = a_member("Lin Wei"), a_member("Amara Okafor")
    asked = choose(client, lin, amara).content.decode()
    assert "Lin Wei" in asked
    assert not Sanction.objects.exists()
    assert "2 people were sanctioned." in choose(client, lin, amara, **answer()).content.decode()
    rows = Sanction.objects.order_by("user").values_list("user", "kind", "rule", "facts", "by")
    assert list(rows) == [(person.pk, "mute", 1, FACTS, moderator.pk) for person in (lin, amara)]


def test_whoever_cannot_be_sanctioned_is_named_and_the_others_are(client: Client, moderator: User):
    lin = a_member("Lin Wei")
    page = choose(client, lin, moderator, **answer()).content.decode()
    assert "Sofia Takács: Nobody decides about themselves." in page
    assert Sanction.objects.get().user == lin


def test_without_facts_nothing_happens(client: Client, moderator: User):
    assert "Please correct what is marked." in choose(client, a_member(), **answer(facts="")).content.decode()
    assert not Sanction.objects.exists()


def test_a_moderator_bans_nobody_this_way_either(client: Client, moderator: User):
    choose(client, a_member(), **answer(kind="ban"))
    choose(client, a_member(), **answer(kind="suspend", days=""))
    assert not Sanction.objects.exists()


def test_an_auditor_sees_people_and_does_nothing(client: Client, moderator: User):
    moderator.groups.set([Group.objects.get(name="Auditor")])
    lin = a_member("Lin Wei")
    assert client.get(reverse(PEOPLE)).status_code == 200
    choose(client, lin, **answer())
    assert not Sanction.objects.exists()


def test_nobody_is_kept_out_at_the_row_of_their_account(client: Client, recording_bus):
    client.force_login(a_member("Head", is_staff=True, is_superuser=True))
    lin = a_member("Lin Wei")
    page = reverse("admin:accounts_user_change", args=[lin.pk])
    assert 'name="is_active"' not in client.get(page).content.decode()
    form = {"email": lin.email, "profile-TOTAL_FORMS": "0", "profile-INITIAL_FORMS": "0"}
    client.post(page, form)
    lin.refresh_from_db()
    assert lin.is_active


@pytest.mark.parametrize(("role", "lifts"), [("Moderator", False), ("Senior moderator", True)])
def test_only_who_may_ban_takes_a_ban_back(client: Client, moderator: User, role: str, lifts: bool):
    moderator.groups.set([Group.objects.get(name=role)])
    client.force_login(User.objects.get(pk=moderator.pk))
    other = a_member("Head", is_staff=True, is_superuser=True)
    made = services.impose(a_member("Lin Wei"), "ban", rule=1, facts=FACTS, by=other)
    page = reverse("admin:moderation_sanction_change", args=[made.pk])
    assert ('name="as_mistake"' in client.get(page).content.decode()) == lifts
    client.post(page, {"reason": "They were right"})
    made.refresh_from_db()
    assert (made.lifted_at is not None) == lifts
