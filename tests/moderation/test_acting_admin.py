"""Sanctions, appeals and rules as staff have them in the admin: by their permissions, and nothing that anybody wrote runs."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import DocumentVersion, User
from moderation.models import Appeal, Report, Sanction
from moderation.services import impose, make_appeal
from rooms.models import Participant
from tests.factories import a_live_room, a_member
from tests.moderation.test_rules import TEXTS

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)> shouted."
FACTS = "Shouted at Lin Wei."


def a_moderator(*permissions: str, name: str = "Sofia Takács") -> User:
    user = a_member(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return User.objects.get(pk=user.pk)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def form(user: User, **more) -> dict:
    return {"person": user.email, "kind": "mute", "days": "7", "rule": "2", "facts": FACTS, **more}


@pytest.fixture
def reported() -> User:
    return a_member("Petra Roth")


def test_who_may_impose_does_and_sees_what_is_missing(reported):
    client = as_(a_moderator("view_sanction", "impose_sanction"))
    page = address("moderation_sanction_add")
    response = client.post(page, form(reported, person="nobody@example.org", facts="no"))
    assert "There is nobody like that." in response.content.decode()
    room = a_live_room()
    response = client.post(page, form(reported, room=room.public_id))
    made = Sanction.objects.get()
    assert response["Location"] == address("moderation_sanction_change", made.pk)
    assert (made.user, made.kind, made.rule, made.room) == (reported, "mute", 2, room)
    assert timedelta(days=6) < made.until - timezone.now() < timedelta(days=8)
    response = client.post(page, form(reported, kind="warn", person=reported.public_id))
    assert response.status_code == 302
    listing = client.get(address("moderation_sanction_changelist") + "?holds=yes").content.decode()
    assert reported.email in listing


def test_the_form_knows_whom_and_which_report_from_the_address(reported):
    place = Participant.objects.create(room=a_live_room(), user=reported, connection="c")
    report = Report.objects.create(room=place.room, category="hate", target=place, target_user=reported, seconds_in=75)
    client = as_(a_moderator("view_sanction", "impose_sanction"))
    page = f"{address('moderation_sanction_add')}?person={reported.public_id}&report={report.pk}"
    assert reported.public_id in client.get(page).content.decode()
    client.post(page, form(reported, report=report.pk))
    made = Sanction.objects.get()
    assert (made.report, made.room, made.seconds_in) == (report, place.room, 75)


def test_bans_and_suspensions_without_an_end_are_for_those_who_may(reported):
    page = address("moderation_sanction_add")
    client = as_(a_moderator("impose_sanction"))
    for kind, days in (("ban", ""), ("suspend", "")):
        response = client.post(page, form(reported, kind=kind, days=days))
        assert "That is for senior staff." in response.content.decode()
    client.post(page, form(reported, kind="suspend", days="3"))
    assert Sanction.objects.get().kind == "suspend"
    as_(a_moderator("impose_sanction", "ban_member")).post(page, form(reported, kind="ban", days=""))
    assert Sanction.objects.filter(kind="ban", until=None).exists()


@pytest.mark.parametrize("who", ["member", "staff without permissions", "staff who look"])
def test_others_do_neither(reported, who):
    other = a_moderator("impose_sanction", name="Noor Haddad")
    made = impose(reported, "mute", rule=2, facts=FACTS, by=other)
    appeal = make_appeal(made, reported, "It was somebody else.")
    user = {
        "member": lambda: a_member("Lin Wei"),
        "staff without permissions": a_moderator,
        "staff who look": lambda: a_moderator("view_sanction", "view_appeal", "view_documentversion"),
    }[who]()
    client = as_(user)
    refused = {302, 403}
    looks = who == "staff who look"
    for name in ("moderation_sanction", "moderation_appeal", "accounts_documentversion"):
        assert (client.get(address(f"{name}_changelist")).status_code == 200) is looks
    assert client.post(address("moderation_sanction_add"), form(reported)).status_code in refused
    assert client.get(address("accounts_documentversion_add")).status_code in refused
    change = address("moderation_sanction_change", made.pk)
    assert client.post(change, {"reason": "Enough"}).status_code in refused
    decide = address("moderation_appeal_change", appeal.pk)
    assert client.post(decide, {"outcome": "overturned", "reasons": "It was another."}).status_code in refused
    made.refresh_from_db()
    appeal.refresh_from_db()
    assert made.holds()
    assert appeal.state == "open"
    assert Sanction.objects.count() == 1


def test_who_may_lift_does_with_a_reason_and_not_their_own(reported):
    other = a_moderator("impose_sanction", name="Noor Haddad")
    made = impose(reported, "mute", rule=2, facts=FACTS, by=other)
    moderator = a_moderator("view_sanction", "lift_sanction")
    client, page = as_(moderator), address("moderation_sanction_change", made.pk)
    client.post(page, {"reason": ""})
    made.refresh_from_db()
    assert made.holds()
    client.post(page, {"reason": "It was another", "as_mistake": "on"})
    made.refresh_from_db()
    assert (made.holds(), made.overturned, made.lifted_by) == (False, True, moderator)
    own = impose(moderator, "mute", rule=2, facts=FACTS, by=other)
    client.post(address("moderation_sanction_change", own.pk), {"reason": "Please"})
    own.refresh_from_db()
    assert own.holds()


def test_appeals_are_decided_by_another(reported):
    imposer = a_moderator("view_appeal", "decide_appeal", "impose_sanction", name="Noor Haddad")
    made = impose(reported, "mute", rule=2, facts=FACTS, by=imposer)
    appeal = make_appeal(made, reported, "It was somebody else.")
    page = address("moderation_appeal_change", appeal.pk)
    said = {"outcome": "upheld", "reasons": "It is heard in the recording."}
    assert "somebody else of staff has to decide" in as_(imposer).get(page).content.decode()
    as_(imposer).post(page, said)
    appeal.refresh_from_db()
    assert appeal.state == "open"
    client = as_(a_moderator("view_appeal", "decide_appeal"))
    queue = client.get(address("moderation_appeal_changelist")).content.decode()
    assert "Of 1 sanctions 1 were appealed; 1 wait, 0 are decided." in queue
    assert "field-decided" not in queue, "what is empty in a queue takes no place"
    response = client.post(page, {"outcome": "shortened", "reasons": "It is heard in the recording."})
    assert "Say how many days it still lasts." in response.content.decode()
    assert client.post(page, {**said, "outcome": "shortened", "days": "2"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == "shortened"
    assert "Petra Roth" not in client.get(address("moderation_appeal_changelist")).content.decode()
    decided = client.get(address("moderation_appeal_changelist") + "?what=decided").content.decode()
    assert "Petra Roth" in decided
    assert "field-decided" in decided


def test_rules_are_looked_at_and_then_published():
    client = as_(a_moderator("view_documentversion", "add_documentversion"))
    page = address("accounts_documentversion_add")
    assert "1. Be who you are." in client.get(page).content.decode()
    today = timezone.now().date().isoformat()
    typed = {"from_day": today, "text_en": TEXTS["en"], "text_zh": TEXTS["zh-hans"], "text_ko": TEXTS["ko"]}
    wrong = client.post(page, {**typed, "text_ko": "1. 친절하게\n누구에게나.", "look": "x"}).content.decode()
    assert "as many rules in each language" in wrong
    assert 'name="publish"' not in wrong
    look = client.post(page, {**typed, "look": "x"}).content.decode()
    assert 'name="publish"' in look
    assert "<b>Be &lt;i&gt;brief&lt;/i&gt;</b>" in look
    assert not DocumentVersion.objects.exists()
    response = client.post(page, {**typed, "publish": "x"})
    made = DocumentVersion.objects.get()
    assert response["Location"] == address("accounts_documentversion_change", made.pk)
    page = client.get(response["Location"]).content.decode()
    assert "Be &lt;i&gt;brief&lt;/i&gt;" in page.split("staff-preview")[1]


def test_nothing_that_anybody_wrote_runs_where_staff_read_it(reported):
    type(reported.profile).objects.filter(user=reported).update(name="<script>alert(0)</script>")
    other = a_moderator("impose_sanction", name="Noor Haddad")
    room = a_live_room(title="<script>alert(3)</script> a room")
    made = impose(reported, "mute", rule=2, facts=XSS, by=other, room=room)
    appeal = make_appeal(made, reported, XSS)
    Sanction.objects.filter(pk=made.pk).update(lifted_at=timezone.now(), lift_reason=XSS)
    Appeal.objects.filter(pk=appeal.pk).update(reasons=XSS, state="upheld", decided_at=timezone.now())
    client = as_(a_member(is_staff=True, is_superuser=True))
    for page in (
        address("moderation_sanction_changelist"),
        address("moderation_sanction_change", made.pk),
        address("moderation_appeal_changelist") + "?what=all",
        address("moderation_appeal_change", appeal.pk),
        f"{address('moderation_sanction_add')}?person={XSS}",
    ):
        found = client.get(page).content.decode()
        assert "<script>alert" not in found, page
        assert "<img src=x" not in found, page
