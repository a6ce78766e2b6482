"""What somebody reads of how they stand: signed in, kept out, and never of anybody else."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import AuditEntry, User
from moderation import notices, services
from moderation.models import Appeal, Evidence, Report
from moderation.services import decide_appeal, impose, make_appeal
from moderation.standing import own_voice
from rooms.models import Participant
from tests.accounts.signing_in import a_proven_member, an_app_of, app_code, sign_in
from tests.factories import a_live_room, a_member, a_topic
from tests.rooms.test_pages import FORM

pytestmark = pytest.mark.django_db
FACTS = "Shouted at <b>Lin Wei</b> for minutes."
WORDS = "It was <script>alert(1)</script> somebody else."
PAGE = "/me/standing/"


@pytest.fixture
def staff() -> User:
    return a_member("Sofia Takács", is_staff=True)


@pytest.fixture
def reported() -> User:
    return a_proven_member("Petra Roth")


def kept_out(reported: User, staff: User, kind: str = "suspend"):
    until = timezone.now() + timedelta(days=7) if kind == "suspend" else None
    return impose(reported, kind, rule=2, facts=FACTS, until=until, by=staff)


def page_of(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def test_without_anything_it_says_so(client, reported):
    client.force_login(reported)
    assert "Staff have decided nothing about you." in page_of(client)


def test_a_sanction_is_shown_with_everything_and_nothing_of_it_runs(client, reported, staff):
    room = a_live_room(title="Who pays for the second foundry?")
    until = timezone.now() + timedelta(days=7)
    impose(reported, "mute", rule=2, facts=FACTS, until=until, by=staff, room=room, seconds_in=130)
    client.force_login(reported)
    page = page_of(client)
    for words in (
        "You are muted in rooms",
        "2. Talk to the matter.",
        "No insults",
        "Shouted at &lt;b&gt;Lin Wei&lt;/b&gt;",
        "Who pays for the second foundry?",
        "minute 3",
        "A member of MiTalk’s staff decided this, no machine.",
        "It counts 2",
        "You have 2.",
    ):
        assert words in page, words
    assert staff.name not in page
    assert staff.email not in page


def test_it_is_news_until_it_was_looked_at(client, reported, staff):
    client.force_login(reported)
    impose(reported, "warn", rule=2, facts=FACTS, by=staff)
    hallway = reverse("rooms:hallway")
    assert PAGE in client.get(hallway).content.decode()
    page_of(client)
    assert "Staff have decided something" not in client.get(hallway).content.decode()


def test_the_rule_is_in_the_readers_language(client, reported, staff):
    impose(reported, "warn", rule=2, facts=FACTS, by=staff)
    client.force_login(reported)
    client.post(reverse("set_language"), {"language": "ko"})
    page = page_of(client)
    assert "No insults" not in page
    assert re.search(r"2\. [가-힣]", page)


def test_nobody_reads_anothers(client, reported, staff):
    made = impose(reported, "warn", rule=2, facts=FACTS, by=staff)
    assert client.get(PAGE).status_code == 302
    outsider = a_member("Lin Wei")
    client.force_login(outsider)
    assert "Shouted" not in page_of(client)
    for name in ("appeal", "own_voice"):
        assert client.get(reverse(f"moderation:{name}", args=[made.public_id])).status_code == 404
    assert client.post(reverse("moderation:appeal", args=[made.public_id]), {"words": WORDS}).status_code == 404
    assert not Appeal.objects.exists()


# --- Kept out -----------------------------------------------------------------------------------------------------


def test_who_is_kept_out_and_signs_in_rightly_reads_why_and_appeals_and_does_nothing_else(client, reported, staff):
    made = kept_out(reported, staff)
    response = sign_in(client, reported)
    assert response["Location"] == PAGE
    page = page_of(client)
    assert "Your account is suspended" in page
    assert "Your account is kept out." in page
    assert client.get(reverse("rooms:hallway")).status_code == 302
    response = client.post(reverse("moderation:appeal", args=[made.public_id]), {"words": WORDS})
    assert response["Location"] == PAGE
    assert Appeal.objects.get().words == WORDS
    page = page_of(client)
    assert "You appealed on" in page
    assert "<script>alert" not in page


def test_with_a_second_factor_they_show_that_too(client, reported, staff):
    secret = an_app_of(reported)
    kept_out(reported, staff)
    response = sign_in(client, reported)
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(PAGE).status_code == 302
    response = client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert response["Location"] == PAGE
    assert "Your account is suspended" in page_of(client)
    assert client.get(reverse("rooms:hallway")).status_code == 302


def test_a_wrong_password_says_nothing(client, reported, staff):
    stranger = Client()
    nothing = sign_in(stranger, reported, "wrong horse battery").content
    kept_out(reported, staff)
    found = sign_in(client, reported, "wrong horse battery")
    token = re.compile(rb'(csrfmiddlewaretoken" value="[^"]+"|"challenge": "[^"]+")')
    assert token.sub(b"", found.content) == token.sub(b"", nothing)
    assert client.get(PAGE).status_code == 302


def test_who_is_out_without_a_sanction_is_told_as_before(client, reported):
    User.objects.filter(pk=reported.pk).update(is_active=False)
    assert sign_in(client, reported)["Location"] == reverse("account_inactive")


def mailed_link() -> str:
    outbox.send_due()
    found = re.search(r"/me/standing/link/\S+", mail.outbox[-1].body)
    assert found
    return found[0]


def test_the_link_in_the_mail_opens_it_and_is_in_no_address_afterwards(client, reported, staff):
    kept_out(reported, staff, "ban")
    response = client.get(mailed_link())
    assert (response.status_code, response["Location"]) == (302, PAGE)
    page = page_of(client)
    assert "You are banned" in page
    assert client.get(reverse("rooms:hallway")).status_code == 302
    assert client.get("/me/account/").status_code == 302


def test_a_link_that_is_old_or_false_opens_nothing(client, reported, staff, settings, monkeypatch):
    kept_out(reported, staff)
    link = mailed_link()
    assert client.get(link[:-3] + "xx/").status_code == 410
    settings.STANDING_LINK_DAYS = -1
    assert client.get(link).status_code == 410
    assert client.get(PAGE).status_code == 302
    assert notices.of_link("nonsense") is None


def test_what_was_noted_holds_for_a_while_only(client, reported, staff, monkeypatch):
    kept_out(reported, staff)
    sign_in(client, reported)
    page_of(client)
    session = client.session
    session["may_read_standing"] = {**session["may_read_standing"], "at": 0}
    session.save()
    assert client.get(PAGE).status_code == 302


# --- Appeals, answers, evidence -----------------------------------------------------------------------------------


def test_the_answer_is_on_the_page(client, reported, staff):
    made = impose(reported, "warn", rule=2, facts=FACTS, by=staff)
    decide_appeal(
        make_appeal(made, reported, WORDS), "overturned", by=a_member(is_staff=True), reasons="<i>Another</i> voice."
    )
    client.force_login(reported)
    page = page_of(client)
    assert "The sanction was a mistake." in page
    assert "&lt;i&gt;Another&lt;/i&gt; voice." in page
    assert "It counts nothing any more." in page
    assert client.get(reverse("moderation:appeal", args=[made.public_id])).status_code == 302


def evidence_of(reported: User, *, also: Participant | None = None) -> tuple[Report, Participant]:
    room = a_live_room()
    place = Participant.objects.create(room=room, user=reported, connection="c")
    now = timezone.now()
    voices = {place.public_id: 3} | ({also.public_id: 5} if also else {})
    evidence = Evidence.objects.create(room=room, from_at=now, until_at=now, state="sealed", voices=voices)
    report = Report.objects.create(
        room=room, category="harassment", target=place, target_user=reported, evidence=evidence
    )
    return report, place


def test_they_may_hear_themselves_and_nobody_else_and_it_is_noted(client, reported, staff, monkeypatch):
    other = Participant.objects.create(room=a_live_room(), user=a_member(), connection="d")
    report, place = evidence_of(reported, also=other)
    made = impose(reported, "mute", rule=2, facts=FACTS, by=staff, report=report)
    assert own_voice(made)[1] == place.public_id
    monkeypatch.setattr(
        "moderation.views.tracks", lambda name, began, parts: {place.public_id: "mine", other.public_id: "not"}
    )
    monkeypatch.setattr("moderation.views.as_wav", lambda track: track.encode())
    client.force_login(reported)
    address = reverse("moderation:own_voice", args=[made.public_id])
    assert address in page_of(client)
    response = client.get(address)
    assert (response.content, response["Content-Type"]) == (b"mine", "audio/wav")
    entry = AuditEntry.objects.get(act="evidence.heard_own")
    assert (entry.actor, entry.reason) == (reported.public_id, place.public_id)


def test_what_is_destroyed_is_heard_by_nobody(client, reported, staff):
    report, _place = evidence_of(reported)
    made = impose(reported, "mute", rule=2, facts=FACTS, by=staff, report=report)
    Evidence.objects.update(state="destroyed")
    client.force_login(reported)
    assert "your own voice is not in it" in page_of(client)
    assert client.get(reverse("moderation:own_voice", args=[made.public_id])).status_code == 404


def test_who_is_back_is_told_and_signs_in(client, reported, staff):
    kept_out(reported, staff)
    services.end_due(timezone.now() + timedelta(days=8))
    assert sign_in(client, reported)["Location"] == reverse("rooms:hallway")
    assert "Over since" in page_of(client)


def test_who_is_sanctioned_while_they_open_a_room_is_told_so(recording_bus, monkeypatch):
    host = a_member("Ji-woo Han")
    topic = a_topic(host)
    impose(host, "no_hosting", rule=2, facts="Shouted at Lin Wei.")
    monkeypatch.setattr("rooms.hosting.limits_of", lambda _user: {})  # what they might do a moment ago
    client = Client()
    client.force_login(host, backend=settings.AUTHENTICATION_BACKENDS[0])
    response = client.post(reverse("rooms:new_room"), FORM | {"topic": topic.pk})
    assert response.status_code == 403
    assert "sanctioned_hosting" in response.content.decode()
