"""The staff's first page, the page of a person, the page of a room."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from invites.models import Application
from moderation.models import Case, Flag, Report
from moderation.roles import establish
from moderation.services import impose, make_appeal
from rooms import services
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(a_member("Head of Staff", is_staff=True, is_superuser=True))
    return client


def waiting(client: Client) -> dict[str, int]:
    return {str(queue.title): queue.number for queue in client.get(reverse("admin:index")).context["queues"]}


class TestHome:
    def test_what_waits_is_counted_with_the_age_of_the_oldest(self, head: Client):
        long_ago = timezone.now() - timedelta(days=3)
        for number in range(2):
            Flag.objects.create(source="text", where="chat", because="a term", at=long_ago + timedelta(hours=number))
        Flag.objects.create(source="text", where="chat", because="a term", state="dismissed")
        Case.objects.create(kind="person", category="danger", is_urgent=True, target_user=a_member())
        page = head.get(reverse("admin:index"))
        queues = {str(queue.title): queue for queue in page.context["queues"]}
        assert (queues["Flags"].number, queues["Flags"].oldest) == (2, long_ago)
        assert (queues["Urgent cases"].number, queues["Cases"].number) == (1, 0)
        assert "3\xa0days" in page.content.decode()

    def test_everybody_sees_the_queues_they_may_work_on(self, client: Client):
        establish(apps)
        keeper = a_member(is_staff=True)
        keeper.groups.add(Group.objects.get(name="Membership"))
        client.force_login(keeper)
        assert set(waiting(client)) == {"Applications", "Claims", "Names that look like another’s"}

    def test_each_leads_to_its_queue(self, head: Client):
        for queue in head.get(reverse("admin:index")).context["queues"]:
            assert head.get(queue.url).status_code == 200, queue.title

    def test_it_takes_one_question_a_queue(self, head: Client, django_assert_max_num_queries):
        head.get(reverse("admin:index"))
        with django_assert_max_num_queries(25):
            head.get(reverse("admin:index"))


class TestPerson:
    def test_everything_of_them_is_on_one_page(self, head: Client):
        sponsor = a_member("Lin Wei")
        person = a_member("Amara Okafor", sponsor=sponsor)
        a_member("Petra Roth", sponsor=person)
        room = a_live_room(person)
        services.join(room.public_id, person, muted=True)
        Report.objects.create(room=room, category="fraud", reporter_user=person, kind="room", line="I saw it")
        Case.objects.create(kind="person", category="hate", target_user=person, room=room)
        Flag.objects.create(source="text", where="chat", because="a bad word", excerpt="What they wrote", user=person)
        accounts.record("room.remove", f"x {person.public_id}", actor=sponsor, reason="They shouted")
        page = head.get(reverse("admin:person", args=[person.public_id])).content.decode()
        for words in ("Lin Wei", "Petra Roth", room.title, "I saw it", "a bad word", "What they wrote", "They shouted"):
            assert words in page, words
        assert f"?person={person.public_id}" in page

    def test_what_staff_decided_about_them_is_in_their_audit_log(self, head: Client):
        person = a_member()
        made = impose(person, "warn", rule=2, facts="Shouted at Lin Wei.")
        make_appeal(made, person, "It was somebody else, ask Lin Wei.")
        entries = head.get(reverse("admin:person", args=[person.public_id])).context["parts"]["audit"]
        assert {entry.act for entry in entries} >= {"sanction.imposed", "appeal.made"}

    def test_who_keeps_the_membership_sees_neither_strikes_nor_where_somebody_is(self, client: Client):
        establish(apps)
        keeper, room = a_member(is_staff=True), a_live_room(title="Behind closed doors")
        keeper.groups.add(Group.objects.get(name="Membership"))
        services.join(room.public_id, room.host, muted=True)
        client.force_login(keeper)
        page = client.get(reverse("admin:person", args=[room.host.public_id])).content.decode()
        assert room.host.email in page
        for words in ("Behind closed doors", "Strikes", "Trusted to"):
            assert words not in page

    def test_nobody_without_the_right_and_no_member(self, client: Client):
        person = a_member()
        page = reverse("admin:person", args=[person.public_id])
        client.force_login(a_member(is_staff=True))
        assert client.get(page).status_code == 403
        client.force_login(person)
        assert client.get(page).status_code in (302, 403)

    def test_what_they_typed_does_nothing(self, head: Client):
        person = a_member()
        person.profile.headline = EVIL
        person.profile.save()
        Flag.objects.create(source="text", where="chat", because=EVIL, excerpt=EVIL, user=person)
        page = head.get(reverse("admin:person", args=[person.public_id])).content.decode()
        assert EVIL not in page
        assert "&lt;script&gt;" in page

    def test_a_person_who_is_gone_is_not_found(self, head: Client):
        assert head.get(reverse("admin:person", args=["A" * 16])).status_code == 404


class TestRoom:
    def test_the_timeline_is_in_order_and_says_by_whom(self, head: Client):
        room, amara = a_live_room(title="Pricing floods"), a_member("Amara Okafor")
        host = services.join(room.public_id, room.host, muted=True)
        hers = services.join(room.public_id, amara, muted=True)
        services.raise_hand(room.public_id, hers.connection, line="")
        services.invite(room.public_id, host.connection, room.participants.get(user=amara).public_id)
        here = room.participants.get(user=amara)
        Report.objects.create(room=room, category="hate", target=here, kind="person", line=EVIL)
        Flag.objects.create(source="speech", where="stage", because="a phrase", room=room, participant=here)
        page = head.get(reverse("admin:room", args=[room.public_id]))
        entries = page.context["entries"]
        assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
        kinds = [(entry.kind, entry.who) for entry in entries if entry.who == "Amara Okafor"]
        assert {kind for kind, _who in kinds} == {"stage", "report", "flag"}
        assert EVIL not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()

    def test_without_the_right_to_reports_there_are_none_in_it(self, client: Client):
        room = a_live_room()
        Report.objects.create(room=room, category="hate", kind="room", line="A complaint")
        some = a_member(is_staff=True)
        from django.contrib.auth.models import Permission

        some.user_permissions.add(Permission.objects.get(codename="view_room"))
        client.force_login(User.objects.get(pk=some.pk))
        page = client.get(reverse("admin:room", args=[room.public_id]))
        assert page.status_code == 200
        assert "A complaint" not in page.content.decode()


def test_applications_wait_too(head: Client):
    assert waiting(head)["Applications"] == 0
    from tests.factories import an_industry

    Application.objects.create(state="waiting", name="Minji Kim", email="m@example.org", industry=an_industry())
    assert waiting(head)["Applications"] == 1
