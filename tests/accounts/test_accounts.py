"""Accounts, profiles, the audit log."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import AuditEntry, Block, Follow, User, random_id
from accounts.services import record
from tests.factories import PASSWORD, a_member, an_industry

pytestmark = pytest.mark.django_db

PROFILE = {
    "name": "  Petra   Roth ",
    "headline": "Actuary",
    "organisation": "Harbour Re",
    "language": "en",
    "portrait": "face-3",
}


@pytest.fixture
def member(client: Client) -> User:
    member = a_member(with_profile=False)
    client.force_login(member, backend="accounts.backends.MemberBackend")
    return member


def fill_in(client: Client, **changes: str):
    return client.post(reverse("accounts:welcome"), {**PROFILE, "industry": an_industry().pk, **changes})


def test_a_profile_is_filled_in_tidily_and_leads_on(client: Client, member: User) -> None:
    response = fill_in(client, next=reverse("rooms:new_room"))
    assert response["Location"] == reverse("rooms:new_room")
    member.refresh_from_db()
    assert (member.name, member.profile.portrait) == ("Petra Roth", "face-3")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_next_leads_nowhere_else(client: Client, member: User, target: str) -> None:
    assert fill_in(client, next=target)["Location"] == reverse("rooms:hallway")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "x" * 61, "max_length"),
        ("name", "P", "min_length"),
        ("name", "Pe\u200dtra", "text_unprintable"),
        ("name", "Pеtra", "text_mixed_scripts"),
        ("headline", "!!!", "text_blank"),
        ("portrait", "../../etc/passwd", "invalid_choice"),
        ("industry", "999999", "invalid_choice"),
        ("language", "xx", "invalid_choice"),
    ],
)
def test_each_mistake_is_named_at_its_field(client: Client, member: User, field: str, value: str, code: str) -> None:
    response = fill_in(client, **{field: value})
    assert response.status_code == 200
    assert response.context["form"].has_error(field, code)


def test_what_a_member_types_is_shown_and_never_run(client: Client, member: User) -> None:
    fill_in(client, name="<script>alert(1)</script>")
    page = client.get(reverse("accounts:profile", args=[member.public_id])).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_profile_shows_who_vouched_and_strangers_see_none(client: Client, member: User) -> None:
    fill_in(client)
    sponsored = a_member("Lin Wei", sponsor=member)
    address = reverse("accounts:profile", args=[sponsored.public_id])
    assert "Petra Roth" in client.get(address).content.decode()
    assert client.get(reverse("accounts:profile", args=["nobody-nobody-no"])).status_code == 404
    client.logout()
    assert client.get(address)["Location"].startswith(reverse("account_login"))


def test_addresses_are_one_whatever_their_case() -> None:
    a_member(email="Amara@Example.org")
    assert User.objects.get_by_natural_key(" AMARA@example.ORG ").email == "amara@example.org"


def test_identifiers_cannot_be_counted() -> None:
    ids = {a_member().public_id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(public_id) == 16 for public_id in ids)


class TestAuditLog:
    def test_it_is_appended_and_nothing_else(self) -> None:
        record("room.ended", "abc")
        entry = AuditEntry.objects.get()
        with pytest.raises(TypeError):
            entry.save()
        with pytest.raises(TypeError):
            entry.delete()

    def test_staff_cannot_change_it(self, client: Client) -> None:
        client.force_login(a_member(is_staff=True, is_superuser=True), backend="accounts.backends.MemberBackend")
        record("room.ended", "abc")
        entry = AuditEntry.objects.get()
        assert client.get(reverse("admin:accounts_auditentry_changelist")).status_code == 200
        assert client.get(reverse("admin:accounts_auditentry_add")).status_code == 403
        for name in ("change", "delete"):
            assert (
                client.post(reverse(f"admin:accounts_auditentry_{name}", args=[entry.pk]), {"act": "x"}).status_code
                == 403
            )
        assert AuditEntry.objects.get().act == "room.ended"


class TestFirstMemberOfStaff:
    def test_a_command_makes_them_and_they_reach_the_admin(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MITALK_STAFF_PASSWORD", PASSWORD)
        call_command("create_staff", "Head@Example.org")
        response = client.post(reverse("account_login"), {"login": "head@example.org", "password": PASSWORD})
        assert response.status_code == 302
        assert client.get(reverse("admin:index")).status_code == 200
        assert AuditEntry.objects.get().act == "staff.created"

    @pytest.mark.parametrize("email", ["not an address", "taken@example.org"])
    def test_it_says_what_is_wrong(self, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
        a_member(email="taken@example.org")
        monkeypatch.setenv("MITALK_STAFF_PASSWORD", PASSWORD)
        with pytest.raises(CommandError):
            call_command("create_staff", email)

    def test_it_takes_no_weak_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MITALK_STAFF_PASSWORD", "password")
        with pytest.raises(CommandError):
            call_command("create_staff", "head@example.org")

    def test_the_admin_is_closed_to_others(self, client: Client) -> None:
        assert client.get(reverse("admin:index")).status_code == 302
        client.force_login(a_member(), backend="accounts.backends.MemberBackend")
        assert client.get(reverse("admin:accounts_user_changelist")).status_code in (302, 403)


class TestRelations:
    """Following and blocking, from somebody's profile."""

    @pytest.fixture
    def amara(self) -> User:
        return a_member()

    def act(self, client: Client, other: User, relation: str) -> str:
        response = client.post(reverse("accounts:relate", args=[other.public_id, relation]), follow=True)
        return response.content.decode()

    def test_one_follows_and_unfollows(self, client: Client, amara: User) -> None:
        other = a_member("Lin Wei")
        client.force_login(amara, backend="accounts.backends.MemberBackend")
        for _twice in range(2):
            self.act(client, other, "follow")
        assert list(Follow.objects.values_list("follower", "followed")) == [(amara.pk, other.pk)]
        self.act(client, other, "unfollow")
        assert not Follow.objects.exists()

    def test_blocking_ends_follows_both_ways_and_unblocking_brings_none_back(self, client: Client, amara: User) -> None:
        other = a_member("Lin Wei")
        for one, two in ((amara, other), (other, amara)):
            services.follow(one, two)
        client.force_login(amara, backend="accounts.backends.MemberBackend")
        self.act(client, other, "block")
        assert not Follow.objects.exists()
        assert list(Block.objects.values_list("blocker", "blocked")) == [(amara.pk, other.pk)]
        client.force_login(other, backend="accounts.backends.MemberBackend")
        assert "You cannot follow them." in self.act(client, amara, "follow")
        client.force_login(amara, backend="accounts.backends.MemberBackend")
        self.act(client, other, "unblock")
        assert not Block.objects.exists()
        assert not Follow.objects.exists()

    def test_oneself_and_strangers_are_left_alone(self, client: Client, amara: User) -> None:
        assert Client().post(reverse("accounts:relate", args=[amara.public_id, "follow"])).status_code == 302
        client.force_login(amara, backend="accounts.backends.MemberBackend")
        for relation in ("follow", "block"):
            self.act(client, amara, relation)
        assert not Follow.objects.exists()
        assert not Block.objects.exists()
        assert client.get(reverse("accounts:relate", args=[amara.public_id, "follow"])).status_code == 405
        assert client.post(f"/people/{amara.public_id}/adore/").status_code == 404


def test_a_random_id_is_never_taken_for_an_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(("-HB8g0ximeL6UQeJ", "--option-like-id", "HB8g0ximeL6UQeJ-"))
    monkeypatch.setattr("accounts.models.secrets.token_urlsafe", lambda _bytes: next(drawn))
    assert random_id() == "HB8g0ximeL6UQeJ-"
