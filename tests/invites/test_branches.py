"""The invite tree: paused or cut off as a whole, at once, also in rooms, also while somebody comes in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from invites import services
from invites.errors import InviteRefused
from invites.models import BranchMeasure, BranchMember, InviteState, MeasureKind
from invites.services import branches, quota
from invites.tree import tree_of
from rooms import services as rooms
from rooms.models import Participant
from tests.factories import PASSWORD, a_live_room, a_member, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE, CUT = MeasureKind.PAUSE, MeasureKind.CUT


@dataclass
class Family:
    """Amara brought Lin and Petra, Lin brought Min-ji. Sora is nobody's."""

    amara: User
    lin: User
    petra: User
    minji: User
    sora: User
    staff: User

    def active(self) -> set[str]:
        everybody = User.objects.filter(is_active=True).select_related("profile")
        return {user.name.split()[0] for user in everybody if not user.is_staff}


@pytest.fixture
def family(recording_bus) -> Family:
    amara = a_member("Amara Okafor")
    lin = a_member("Lin Wei", sponsor=amara)
    return Family(
        amara,
        lin,
        a_member("Petra Roth", sponsor=amara),
        a_member("Minji Kim", sponsor=lin),
        a_member("Sora Ito"),
        a_member("Head of Staff", is_staff=True, is_superuser=True),
    )


def test_a_pause_holds_the_whole_branch_and_lifting_frees_it(family: Family) -> None:
    measure = branches.take(family.lin, PAUSE, by=family.staff, reason="bought accounts?")
    assert family.active() == {"Amara", "Petra", "Sora"}
    assert branches.lift(measure, by=family.staff, reason="they were not")
    assert not branches.lift(measure, by=family.staff, reason="again")
    assert family.active() == {"Amara", "Lin", "Petra", "Minji", "Sora"}
    acts = AuditEntry.objects.filter(act__startswith="branch.").order_by("pk").values_list("act", "reason")
    assert list(acts) == [("branch.pause", "bought accounts?"), ("branch.lift", "they were not")]


def test_who_is_in_a_room_is_out_of_it_at_once_also_from_the_stage(family: Family) -> None:
    room = a_live_room(family.sora, speakers=(family.minji,))
    joined = {user: rooms.join(room.public_id, user, muted=True) for user in (family.sora, family.minji, family.petra)}
    branches.take(family.lin, CUT, by=family.staff, reason="fraud")
    here = set(Participant.objects.filter(left_at=None).values_list("user", flat=True))
    assert here == {family.sora.pk, family.petra.pk}
    assert Participant.objects.get(user=family.minji).position == "audience"
    assert len(joined) == 3


def test_who_is_held_does_not_sign_in(family: Family, client: Client) -> None:
    client.force_login(family.minji, backend="accounts.backends.MemberBackend")
    branches.take(family.amara, PAUSE, by=family.staff, reason="x")
    assert client.get(reverse("rooms:hallway"))["Location"].startswith(reverse("account_login"))
    Client().post(reverse("account_login"), {"login": family.minji.email, "password": PASSWORD})
    assert client.get(reverse("invites:mine")).status_code == 302


def test_their_invites_let_nobody_in_while_paused_and_are_good_again(family: Family) -> None:
    made, code = an_invite(sponsor=family.minji)
    measure = branches.take(family.lin, PAUSE, by=family.staff, reason="x")
    assert services.find(code).state() is InviteState.REVOKED
    branches.lift(measure, by=family.staff, reason="x")
    assert services.find_redeemable(code) == made


def test_whoever_is_held_is_signed_out_and_signs_in_again_once_it_is_lifted(client: Client, family: Family) -> None:
    client.force_login(family.minji, backend="accounts.backends.MemberBackend")
    assert client.get(reverse("rooms:hallway")).status_code == 200
    measure = branches.take(family.lin, PAUSE, by=family.staff, reason="x")
    branches.lift(measure, by=family.staff, reason="x")
    assert client.get(reverse("rooms:hallway")).status_code == 302


def test_cutting_withdraws_their_invites_and_costs_whoever_invited_the_root(family: Family) -> None:
    _made, code = services.invite_somebody(family.minji, None)
    assert quota.balance(family.amara) == 3
    measure = branches.take(family.lin, CUT, by=family.staff, reason="fraud")
    assert quota.balance(family.amara) == 1
    branches.lift(measure, by=family.staff, reason="a mistake")
    assert services.find(code).state() is InviteState.REVOKED


def test_staff_stay_and_the_branch_below_them_does_not(family: Family) -> None:
    User.objects.filter(pk=family.lin.pk).update(is_staff=True)
    branches.take(family.amara, PAUSE, by=family.staff, reason="x")
    family.lin.refresh_from_db()
    family.minji.refresh_from_db()
    assert (family.lin.is_active, family.minji.is_active) == (True, False)
    with pytest.raises(branches.StaffAtTheRoot):
        branches.take(family.lin, PAUSE, by=family.staff, reason="x")


def test_who_is_under_two_measures_is_freed_by_the_last(family: Family) -> None:
    inner = branches.take(family.lin, PAUSE, by=family.staff, reason="x")
    outer = branches.take(family.amara, PAUSE, by=family.staff, reason="y")
    with pytest.raises(branches.MeasureHolds):
        branches.take(family.lin, PAUSE, by=family.staff, reason="x")
    branches.lift(inner, by=family.staff, reason="x")
    assert family.active() == {"Sora"}
    branches.lift(outer, by=family.staff, reason="y")
    assert family.active() == {"Amara", "Lin", "Petra", "Minji", "Sora"}


def test_who_was_suspended_for_themselves_stays_so(family: Family) -> None:
    User.objects.filter(pk=family.minji.pk).update(is_active=False)
    measure = branches.take(family.lin, PAUSE, by=family.staff, reason="x")
    branches.lift(measure, by=family.staff, reason="x")
    assert "Minji" not in family.active()


def test_nobody_slips_in_while_a_branch_is_cut(family: Family) -> None:
    made = [an_invite(sponsor=sponsor)[0] for sponsor in (family.minji, family.lin) for _ in range(4)]

    def race(number: int) -> None:
        try:
            if number == 4:
                branches.take(family.lin, CUT, by=family.staff, reason="fraud")
                return
            with transaction.atomic():
                services.redeem(made[number % 8], User.objects.create_user(f"new{number}@example.org", PASSWORD))
        except InviteRefused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(race, range(9)))
    newcomers = User.objects.filter(email__startswith="new")
    assert not newcomers.filter(is_active=True).exists()
    assert set(newcomers.values_list("pk", flat=True)) <= set(BranchMember.objects.values_list("user", flat=True))


def test_two_of_staff_take_one_measure(family: Family) -> None:
    def take(_: int) -> bool:
        try:
            branches.take(family.lin, PAUSE, by=family.staff, reason="x")
        except branches.MeasureHolds:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(take, range(4))).count(True) == 1
    assert BranchMeasure.objects.count() == 1


def test_the_tree_is_read_in_few_questions(family: Family, django_assert_max_num_queries) -> None:
    for number in range(30):
        a_member(f"Person {number}", sponsor=family.minji)
    root = User.objects.select_related("profile").get(pk=family.amara.pk)
    with django_assert_max_num_queries(8):
        tree = tree_of(root)
    assert (tree.size, tree.is_whole) == (34, True)
    assert {node.user.name for node in tree.root.children} == {"Lin Wei", "Petra Roth"}


def test_a_branch_that_is_too_large_is_shown_in_part(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invites.tree.MOST_SHOWN", 3)
    tree = tree_of(family.amara)
    assert (tree.size, tree.is_whole) == (3, False)
    monkeypatch.setattr("invites.tree.MOST_SHOWN", 100)
    monkeypatch.setattr("invites.tree.MOST_LEVELS", 1)
    tree = tree_of(family.amara)
    assert (tree.size, tree.is_whole) == (3, False)


class TestThePage:
    @pytest.fixture
    def head(self, client: Client, family: Family) -> Client:
        client.force_login(family.staff, backend="accounts.backends.MemberBackend")
        return client

    def page(self, user: User) -> str:
        return reverse("admin:invites_branch_change", args=[user.pk])

    def test_staff_read_the_tree_pause_and_lift(self, head: Client, family: Family) -> None:
        assert "Lin Wei" in head.get(reverse("admin:invites_branch_changelist") + "?brought=yes").content.decode()
        page = head.get(self.page(family.lin)).content.decode()
        assert "Minji Kim" in page
        assert "Amara Okafor" in page  # who invited the root
        assert "Petra Roth" not in page
        head.post(self.page(family.lin), {"kind": "pause", "reason": "bought accounts?"})
        assert family.active() == {"Amara", "Petra", "Sora"}
        page = head.get(self.page(family.minji)).content.decode()
        assert "bought accounts?" in page
        measure = BranchMeasure.objects.get()
        lift = reverse("admin:invites_branch_lift", args=[family.lin.pk, measure.pk])
        head.post(lift, {"lift_reason": ""})
        assert "Lin" not in family.active()
        head.post(lift, {"lift_reason": "they were not"})
        assert "Lin" in family.active()
        assert head.get(reverse("admin:invites_branchmeasure_changelist")).status_code == 200

    def test_nothing_is_done_without_a_reason(self, head: Client, family: Family) -> None:
        response = head.post(self.page(family.lin), {"kind": "cut", "reason": " "})
        assert response.context["form"].has_error("reason")
        assert not BranchMeasure.objects.exists()

    def test_whoever_may_only_look_does_nothing(self, client: Client, family: Family) -> None:
        from django.contrib.auth.models import Permission

        looker = a_member("Only Looks", is_staff=True)
        looker.user_permissions.add(Permission.objects.get(codename="view_branch"))
        client.force_login(looker, backend="accounts.backends.MemberBackend")
        assert "Pause or cut off" not in client.get(self.page(family.lin)).content.decode()
        assert client.post(self.page(family.lin), {"kind": "cut", "reason": "x"}).status_code == 403

    def test_members_do_not_get_there(self, client: Client, family: Family) -> None:
        client.force_login(family.amara, backend="accounts.backends.MemberBackend")
        assert client.post(self.page(family.lin), {"kind": "cut", "reason": "x"}).status_code == 302
        assert not BranchMeasure.objects.exists()


def test_the_sponsor_stands_on_the_profile_and_a_suspended_one_has_no_link(family: Family, client: Client) -> None:
    client.force_login(family.sora, backend="accounts.backends.MemberBackend")
    address = reverse("accounts:profile", args=[family.petra.public_id])
    link = reverse("accounts:profile", args=[family.amara.public_id])
    assert link in client.get(address).content.decode()
    User.objects.filter(pk=family.amara.pk).update(is_active=False)
    page = client.get(address).content.decode()
    assert "Amara Okafor" in page
    assert link not in page
