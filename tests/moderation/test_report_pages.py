"""Reporting from where one is, without scripts: who reported, the reported, an outsider, and a guest."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from moderation import services
from moderation.models import Case, Evidence, Outcome, Report
from moderation.services import MOST_REPORTS_AN_HOUR, MOST_REPORTS_AN_HOUR_OF_A_NETWORK
from rooms import services as rooms
from rooms.domain.snapshot import Confidentiality, Visibility
from rooms.models import ChatMessage, Participant, Question, Room
from tests.factories import a_live_room, a_member, a_room_to_come, a_topic
from tests.moderation.reporting import a_guests_browser, a_moderator, guest_key, send, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


@pytest.fixture
def person():
    return a_member("Rae Ported")


@pytest.fixture
def reporter():
    return a_member("Rita Reporter")


def page(client: Client, name: str, *arguments: str) -> str:
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200, response
    return response.content.decode()


def after_a_room(person, *others, minutes: float = 0, mode=Confidentiality.ON_RECORD, public: bool = False) -> Room:
    """A room of this host's in which the others were, that has been over for so long."""
    room = a_live_room(person)
    visibility = Visibility.PUBLIC if public else Visibility.MEMBERS
    Room.objects.filter(pk=room.pk).update(confidentiality=mode, visibility=visibility)
    rooms.join(room.public_id, person, muted=True)
    for other in others:
        rooms.join(room.public_id, other, muted=True, accepts=mode)
    rooms.end_from_outside(room.public_id, by=person)
    ago = timedelta(minutes=minutes)
    for moved in (Room.objects.get(pk=room.pk), *room.participants.all()):
        for name in ("started_at", "ended_at", "arrived_at", "left_at"):
            if getattr(moved, name, None):
                setattr(moved, name, getattr(moved, name) - ago)
        moved.save()
    return Room.objects.get(pk=room.pk)


# --- Profile, topic, room to come -----------------------------------------------------------------------------------


def test_a_profile_is_reported_with_its_words_as_they_were(person, reporter) -> None:
    profile = person.profile
    profile.bio = "Buy my coins"
    profile.save()
    client = signed_in(reporter)
    shown = page(client, "accounts:profile", person.public_id)
    address = reverse("moderation:report", args=["profile", person.public_id])
    assert f'action="{address}"' in shown
    assert "Report this profile" in page(client, "moderation:report", "profile", person.public_id)
    answer = send(client, "profile", person.public_id, next=reverse("accounts:profile", args=[person.public_id]))
    assert answer.url == reverse("accounts:profile", args=[person.public_id])
    assert "Thank you" in client.get(answer.url).content.decode()
    profile.bio = "I never said that"
    profile.save()
    report = Report.objects.get()
    assert (report.target_user, report.reporter_user, report.category, report.line) == (
        person, reporter, "hate", "In my words",
    )  # fmt: skip
    assert report.snapshot["bio"] == "Buy my coins"
    assert (report.room, report.evidence, report.seconds_in) == (None, None, None)


def test_a_snapshot_holds_no_more_than_the_reporter_was_shown(person, reporter) -> None:
    profile = person.profile
    profile.bio, profile.bio_visibility = "For my circle", "circle"
    profile.save()
    send(signed_in(reporter), "profile", person.public_id)
    assert "bio" not in Report.objects.get().snapshot


def test_nobody_reports_themselves_and_guests_are_asked_to_sign_in(person) -> None:
    client = signed_in(person)
    assert "report-profile-dialog" not in page(client, "accounts:profile", person.public_id)
    assert send(client, "profile", person.public_id).status_code == 404
    asked = Client().get(reverse("moderation:report", args=["profile", person.public_id]))
    assert asked.url.startswith(reverse("account_login"))
    assert send(a_guests_browser(), "profile", person.public_id).status_code == 404
    assert not Report.objects.exists()


def test_a_topic_is_reported_where_it_is_shown(reporter) -> None:
    topic = a_topic()
    client = signed_in(reporter)
    for where in ("rooms:hallway", "rooms:programme"):
        shown = client.get(reverse(where), {"topic": topic.public_id}).content.decode()
        assert reverse("moderation:report", args=["topic", topic.public_id]) in shown
    send(client, "topic", topic.public_id)
    assert (Report.objects.get().topic, Report.objects.get().snapshot["title"]) == (topic, topic.name)


def test_a_room_to_come_is_reported_for_what_it_announces_by_members_and_guests(reporter) -> None:
    room = a_room_to_come(title="Get rich by Friday", description="Pay in coins", visibility=Visibility.PUBLIC)
    for client in (signed_in(reporter), a_guests_browser()):
        assert "report-room-dialog" in page(client, "rooms:room", room.public_id)
        send(client, "room", room.public_id)
    reports = Report.objects.order_by("pk")
    assert [report.reporter_user for report in reports] == [reporter, None]
    assert reports[1].guest_key == guest_key()
    assert reports[1].snapshot["description"] == "Pay in coins"
    assert Case.objects.get().reporters == 2


def test_a_room_that_does_not_let_one_in_cannot_be_reported_nor_found_out(reporter) -> None:
    room = a_room_to_come(visibility=Visibility.FOLLOWERS)
    assert send(signed_in(reporter), "room", room.public_id).status_code == 404
    assert send(signed_in(reporter), "room", "x" * 16).status_code == 404


def test_who_only_sees_a_rooms_page_reports_it_and_has_no_sound_sealed(reporter) -> None:
    room = a_live_room()
    send(signed_in(reporter), "room", room.public_id)
    assert Report.objects.get().evidence is None
    rooms.join(room.public_id, reporter, muted=True)
    send(signed_in(reporter), "room", room.public_id)
    assert Report.objects.latest("pk").evidence is not None


@pytest.mark.parametrize("fields", [{"category": "nonsense"}, {"category": ""}, {"line": "x" * 501}])
def test_what_is_not_a_report_is_said_on_the_page(person, reporter, fields) -> None:
    answer = send(signed_in(reporter), "profile", person.public_id, **fields)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    if "category" in fields:
        assert answer.context["form"].errors["category"] == ["Choose what it is about."]
        assert 'aria-invalid="true" aria-describedby="id_category_error"' in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("en", "Choose …"), ("zh-hans", "请选择…"), ("ko", "선택하세요…")])
def test_no_category_is_chosen_beforehand(person, reporter, settings, language, words) -> None:
    browser = signed_in(reporter)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = browser.get(reverse("moderation:report", args=["profile", person.public_id])).content.decode()
    assert f'<option value="" selected>{words}</option>' in page
    assert page.count(" selected>") == 1
    answer = send(browser, "profile", person.public_id, category="")
    (error,) = answer.context["form"].errors["category"]
    assert error in page, "the page says the same before anything is sent"
    assert not Report.objects.exists()


def test_next_leads_to_no_other_site(person, reporter) -> None:
    answer = send(signed_in(reporter), "profile", person.public_id, next="https://example.org/")
    assert answer.url == reverse("accounts:profile", args=[person.public_id])


# --- After the room ----------------------------------------------------------------------------------------------------


def test_after_a_room_who_was_there_reports_room_person_message_and_question(person, reporter) -> None:
    room = after_a_room(person, reporter, minutes=60)
    host = Participant.objects.get(user=person)
    said_at = room.ended_at - timedelta(minutes=10)
    Room.objects.filter(pk=room.pk).update(started_at=room.ended_at - timedelta(minutes=30))
    message = ChatMessage.objects.create(room=room, author=host, text="What they wrote", at=said_at)
    question = Question.objects.create(room=room, author=host, text="What they asked", at=said_at)
    client = signed_in(reporter)
    assert reverse("moderation:afterwards", args=[room.public_id]) in page(client, "rooms:room", room.public_id)
    shown = page(client, "moderation:afterwards", room.public_id)
    for kind, public_id in (
        ("room", room.public_id),
        ("person", host.public_id),
        ("message", message.public_id),
        ("question", question.public_id),
    ):
        assert reverse("moderation:report", args=[kind, public_id]) in shown
        assert send(client, kind, public_id).status_code == 302
    by_kind = {report.kind: report for report in Report.objects.all()}
    assert by_kind["person"].target == host
    assert by_kind["message"].message == "What they wrote"
    assert by_kind["message"].seconds_in == 20 * 60
    assert by_kind["question"].message == "What they asked"
    assert {report.evidence for report in by_kind.values()} == {None}
    assert "not held any more" in shown


def test_the_moment_can_be_told(person, reporter) -> None:
    room = after_a_room(person, reporter, minutes=60)
    send(signed_in(reporter), "room", room.public_id, minutes="7")
    assert Report.objects.get().seconds_in == 420


def test_while_the_last_minutes_are_held_they_are_sealed_and_the_page_says_so(person, reporter) -> None:
    room = after_a_room(person, reporter, minutes=5)
    client = signed_in(reporter)
    assert "a report seals them" in page(client, "moderation:afterwards", room.public_id)
    send(client, "room", room.public_id)
    evidence = Evidence.objects.get()
    assert evidence.until_at == room.ended_at
    assert room.ended_at - evidence.from_at == timedelta(seconds=settings.MITALK_EVIDENCE_BEFORE_SECONDS)
    assert Report.objects.get().evidence == evidence


def test_the_window_is_seven_days_and_then_the_page_says_that_it_is_too_late(person, reporter) -> None:
    almost = after_a_room(person, reporter, minutes=7 * 24 * 60 - 5)
    assert send(signed_in(reporter), "room", almost.public_id).status_code == 302
    over = after_a_room(person, reporter, minutes=7 * 24 * 60 + 5)
    client = signed_in(reporter)
    assert client.get(reverse("moderation:afterwards", args=[over.public_id])).status_code == 410
    assert send(client, "room", over.public_id).status_code == 404


def test_who_was_not_there_sees_and_reports_nothing_of_it(person, reporter) -> None:
    room = after_a_room(person, reporter)
    outsider = signed_in(a_member("An Outsider"))
    assert outsider.get(reverse("moderation:afterwards", args=[room.public_id])).status_code == 404
    for place in room.participants.all():
        assert send(outsider, "person", place.public_id).status_code == 404
    assert send(outsider, "room", room.public_id).status_code == 404
    assert reverse("moderation:afterwards", args=[room.public_id]) not in page(outsider, "rooms:room", room.public_id)


def test_where_it_is_soon_forgotten_who_was_there_the_window_is_as_short(person, reporter) -> None:
    room = after_a_room(person, reporter, mode=Confidentiality.OFF_RECORD, minutes=settings.ATTENDANCE_HOURS * 60 - 5)
    assert send(signed_in(reporter), "room", room.public_id).status_code == 302
    over = after_a_room(person, reporter, mode=Confidentiality.OFF_RECORD, minutes=settings.ATTENDANCE_HOURS * 60 + 5)
    assert send(signed_in(reporter), "room", over.public_id).status_code == 404


@pytest.mark.parametrize("mode", [Confidentiality.CHATHAM_HOUSE, Confidentiality.OFF_RECORD])
def test_where_names_are_not_kept_nobody_is_listed_later(person, reporter, mode) -> None:
    room = after_a_room(person, reporter, mode=mode)
    client = signed_in(reporter)
    shown = page(client, "moderation:afterwards", room.public_id)
    assert person.name not in shown
    assert "It is not kept who was in this room" in shown
    assert send(client, "person", Participant.objects.get(user=person).public_id).status_code == 404
    assert send(client, "room", room.public_id).status_code == 302


def test_guests_are_listed_for_those_who_ran_the_room_only(person, reporter) -> None:
    room = after_a_room(person, reporter, rooms.guest("a-guests-cookie", ""), public=True)
    assert "Guest 1" not in page(signed_in(reporter), "moderation:afterwards", room.public_id)
    Participant.objects.filter(user=reporter).update(role="moderator")
    assert "Guest 1" in page(signed_in(reporter), "moderation:afterwards", room.public_id)
    guest = Participant.objects.get(user=None)
    send(signed_in(reporter), "person", guest.public_id)
    assert (Report.objects.get().target, Case.objects.get().target) == (guest, guest)


def test_who_came_after_one_had_left_is_not_listed(person, reporter) -> None:
    room = after_a_room(person, reporter)
    late = Participant.objects.create(
        room=room, user=a_member("Later Guest"), connection="c" * 16, joins=1, left_at=timezone.now()
    )
    Participant.objects.filter(user=reporter).update(left_at=late.arrived_at - timedelta(seconds=1))
    assert "Later Guest" not in page(signed_in(reporter), "moderation:afterwards", room.public_id)
    assert send(signed_in(reporter), "person", late.public_id).status_code == 404


def test_what_was_written_after_one_had_left_is_neither_shown_nor_reported(person, reporter) -> None:
    room = after_a_room(person, reporter)
    left_at = room.ended_at - timedelta(minutes=5)
    Participant.objects.filter(user=reporter).update(left_at=left_at)
    texts = {"They read it": left_at - timedelta(seconds=5), "Among ourselves": left_at + timedelta(seconds=5)}
    host = Participant.objects.get(user=person)
    for model in (ChatMessage, Question):
        for text, at in texts.items():
            model.objects.create(room=room, author=host, text=text, at=at)
    client = signed_in(reporter)
    shown = page(client, "moderation:afterwards", room.public_id)
    assert "They read it" in shown
    assert "Among ourselves" not in shown
    assert send(client, "message", ChatMessage.objects.latest("at").public_id).status_code == 404
    assert send(client, "question", Question.objects.latest("at").public_id).status_code == 404


def test_who_has_left_has_nothing_sealed_that_was_said_after(person, reporter) -> None:
    room = a_live_room(person)
    rooms.join(room.public_id, reporter, muted=True)
    left_at = timezone.now() - timedelta(minutes=3)
    Room.objects.filter(pk=room.pk).update(started_at=left_at - timedelta(minutes=5))
    Participant.objects.filter(user=reporter).update(left_at=left_at)
    send(signed_in(reporter), "room", room.public_id)
    after = timedelta(seconds=settings.MITALK_EVIDENCE_AFTER_SECONDS)
    assert Evidence.objects.get().until_at == left_at + after


def test_a_guest_reports_afterwards_and_sees_the_outcome_in_the_same_browser(person) -> None:
    room = after_a_room(person, rooms.guest("a-guests-cookie", "192.0.2.1"), public=True, minutes=30)
    browser, other = a_guests_browser(), a_guests_browser("anothers-cookie")
    assert person.name in page(browser, "moderation:afterwards", room.public_id)
    assert other.get(reverse("moderation:afterwards", args=[room.public_id])).status_code == 404
    answer = send(browser, "person", Participant.objects.get(user=person).public_id)
    assert answer.url == reverse("moderation:mine")
    assert "waits for MiTalk" in page(browser, "moderation:mine")
    services.decide(Case.objects.get(), a_moderator(), Outcome.WARNED, "Had a talk with them")
    shown = page(browser, "moderation:mine")
    assert "have done something about it" in shown
    assert "talk with them" not in shown
    assert "You have reported nothing" in page(other, "moderation:mine")


def test_a_browser_without_a_cookie_gets_one_and_knows_its_report(person) -> None:
    room = a_room_to_come(person, visibility=Visibility.PUBLIC)
    browser = Client()
    send(browser, "room", room.public_id)
    assert "waits for MiTalk" in page(browser, "moderation:mine")


# --- Who is told what ---------------------------------------------------------------------------------------------------


def test_the_reported_person_is_shown_neither_report_nor_reporter_nor_block(person, reporter) -> None:
    client = signed_in(reporter)
    send(client, "profile", person.public_id, line="They shouted at me")
    client.post(reverse("accounts:relate", args=[person.public_id, "block"]))
    theirs = signed_in(person)
    for name, arguments in (
        ("moderation:mine", ()),
        ("accounts:account", ()),
        ("rooms:hallway", ()),
        ("accounts:profile", (person.public_id,)),
    ):
        shown = page(theirs, name, *arguments)
        assert "Rita Reporter" not in shown
        assert "They shouted" not in shown
    assert "Rita Reporter" not in page(signed_in(a_member("An Outsider")), "moderation:mine")


def test_my_reports_say_what_became_of_each(person, reporter) -> None:
    client = signed_in(reporter)
    send(client, "profile", person.public_id, line="<script>alert(1)</script>")
    assert "&lt;script&gt;" in page(client, "moderation:mine")
    services.take(Case.objects.get(), a_moderator())
    assert "are looking into it" in page(client, "moderation:mine")
    services.decide(Case.objects.get(), a_moderator("Another"), Outcome.NOTHING_FOUND, "Nothing of it is so")
    assert "found nothing against" in page(client, "moderation:mine")


# --- Not to be used as a weapon ----------------------------------------------------------------------------------------


def test_so_many_an_hour_and_then_one_is_told_to_wait(person, reporter) -> None:
    client = signed_in(reporter)
    for _number in range(MOST_REPORTS_AN_HOUR):
        Report.objects.create(kind="profile", category="fraud", reporter_user=reporter)
    answer = send(client, "profile", person.public_id)
    assert (answer.status_code, answer["X-Error-Code"]) == (429, "too_many_messages")


def test_guests_of_one_network_have_a_measure_together() -> None:
    room = a_room_to_come(visibility=Visibility.PUBLIC)
    network = rooms.guest("x", "127.0.0.1").network
    for number in range(MOST_REPORTS_AN_HOUR_OF_A_NETWORK):
        Report.objects.create(kind="room", category="fraud", guest_key=f"guest {number}", network=network)
    assert send(a_guests_browser("a new one"), "room", room.public_id).status_code == 429
    assert send(signed_in(a_member()), "room", room.public_id).status_code == 302


def test_a_form_from_elsewhere_is_refused(person, reporter) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reporter, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert send(client, "profile", person.public_id).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_it_is_in_the_readers_language(person, reporter, language) -> None:
    client = signed_in(reporter)
    shown = client.get(
        reverse("moderation:report", args=["profile", person.public_id]), headers={"accept-language": language}
    ).content.decode()
    assert "Report this profile" not in shown
    assert f'lang="{language}"' in shown
