"""What each role of staff may see and do in the admin, and what it may not."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from moderation.roles import ROLES, establish
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db

SEEN = {
    "admin:moderation_case_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_appeal_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_sanction_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_flag_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_roomrisk_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_evidence_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:moderation_term_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:rooms_room_changelist": {"Moderator", "Senior moderator", "Auditor"},
    "admin:invites_application_changelist": {"Membership", "Auditor"},
    "admin:invites_invite_changelist": {"Membership", "Auditor"},
    "admin:accounts_claim_changelist": {"Membership", "Auditor"},
    "admin:workers": {"Senior moderator", "Auditor"},
    "admin:accounts_auditentry_changelist": {"Senior moderator", "Auditor"},
    "admin:moderation_sanction_add": {"Moderator", "Senior moderator"},
    "admin:invites_invite_add": {"Membership"},
    "admin:moderation_term_add": {"Senior moderator"},
}


@pytest.fixture(autouse=True)
def _roles() -> None:
    establish(apps)


def of_role(name: str) -> User:
    user = a_member(f"One of {name}", is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


def test_every_permission_of_a_role_exists():
    have = {f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")}
    assert {one for permissions in ROLES.values() for one in permissions} - have == set()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_it_is_for_and_nothing_else(client: Client, role: str):
    client.force_login(of_role(role))
    assert client.get(reverse("admin:index")).status_code == 200
    opens = {page for page in SEEN if client.get(reverse(page)).status_code == 200}
    assert opens == {page for page, roles in SEEN.items() if role in roles}


def test_staff_without_a_role_see_nothing(client: Client):
    client.force_login(a_member(is_staff=True))
    assert client.get(reverse("admin:index")).status_code == 200
    assert {page for page in SEEN if client.get(reverse(page)).status_code == 200} == set()


@pytest.mark.parametrize("role", ROLES)
def test_no_role_takes_over_an_account_or_hands_out_power(client: Client, role: str):
    client.force_login(of_role(role))
    victim = a_member("Head", is_staff=True, is_superuser=True)
    fields = {"email": "mine@example.org", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    client.post(reverse("admin:accounts_user_change", args=[victim.pk]), fields)
    before = victim.email
    victim.refresh_from_db()
    assert victim.email == before
    me = User.objects.get(groups__name=role)
    assert not me.is_superuser


def test_an_auditor_changes_nothing(client: Client):
    auditor = of_role("Auditor")
    assert not [one for one in auditor.get_all_permissions() if not one.split(".")[1].startswith("view_")]


def test_roles_that_staff_changed_stay_so_but_for_what_they_lack():
    group = Group.objects.get(name="Auditor")
    extra = Permission.objects.get(codename="change_topic")
    group.permissions.add(extra)
    before = group.permissions.count()
    establish(apps)
    assert group.permissions.count() == before


def test_an_operator_makes_staff_of_a_role(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MITALK_STAFF_PASSWORD", "a long way to tipperary")
    call_command("create_staff", "mod@example.org", role="moderator")
    made = User.objects.get(email="mod@example.org")
    assert (made.is_staff, made.is_superuser, made.has_perm("moderation.decide_case")) == (True, False, True)
    with pytest.raises(CommandError, match="There are: Moderator, Senior moderator, Membership, Auditor"):
        call_command("create_staff", "other@example.org", role="king")


@pytest.mark.parametrize("role", ["Moderator", "Auditor"])
def test_both_read_the_pages_of_a_person_and_of_a_room(client: Client, role: str, recording_bus):
    client.force_login(of_role(role))
    room = a_live_room()
    assert client.get(reverse("admin:room", args=[room.public_id])).status_code == 200
    assert client.get(reverse("admin:person", args=[room.host.public_id])).status_code == 200


@pytest.mark.parametrize(("role", "ends"), [("Moderator", True), ("Senior moderator", True), ("Auditor", False)])
def test_who_only_looks_ends_no_room(client: Client, role: str, ends: bool, recording_bus):
    client.force_login(of_role(role))
    room = a_live_room()
    chosen = {"action": "end_rooms", "_selected_action": [room.pk]}
    client.post(reverse("admin:rooms_room_changelist"), chosen)
    room.refresh_from_db()
    assert (room.phase == "ended") is ends
