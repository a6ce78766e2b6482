"""Chat, questions, links and slow mode through the services and a real database."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from moderation.models import Report
from rooms import passing, selectors, services
from rooms.domain import pace
from rooms.domain.errors import Code, Refused
from rooms.domain.snapshot import Confidentiality
from rooms.domain.talk import MOST_OPEN_QUESTIONS, RECENT_MESSAGES
from rooms.models import ChatMessage, Participant, Question, Room, Vote
from rooms.tasks import delete_old_talk
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


class Meeting:
    """A room with its host and two members in it."""

    def __init__(self, confidentiality: Confidentiality) -> None:
        room = a_live_room()
        Room.objects.filter(pk=room.pk).update(confidentiality=confidentiality)
        self.room = Room.objects.get(pk=room.pk)
        self.id = room.public_id
        host, lin, amara = (self.join(user) for user in (room.host, a_member("Lin Wei"), a_member("Amara Okafor")))
        self.host, self.lin, self.amara = host.connection, lin.connection, amara.connection
        self.lins_id = lin.person

    def join(self, user) -> services.Joined:
        return services.join(self.id, user, muted=True, accepts=self.room.confidentiality)

    def talk(self) -> selectors.RoomTalk:
        return selectors.talk(self.id)


def a_meeting(confidentiality: Confidentiality = Confidentiality.ON_RECORD) -> Meeting:
    return Meeting(confidentiality)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes too fast."""
    for name in ("CHAT", "ROOM_CHAT", "ASKING", "VOTING"):
        monkeypatch.setattr(pace, name, pace.Pace(every=0.0, burst=1))


def refusal(act, *args, **more) -> Refused:
    with pytest.raises(Refused) as raised:
        act(*args, **more)
    return raised.value


# --- What is kept ---------------------------------------------------------------------------------------------------


def test_on_the_record_words_and_names_are_kept_and_given_to_who_comes(bus: RecordingBus) -> None:
    meeting = a_meeting()
    message = services.say(meeting.id, meeting.lin, "  Good\u3000evening  👋 ").id
    (told,) = bus.of_kind("said")
    assert (told["message"]["id"], told["message"]["text"]) == (message, "Good evening 👋")
    assert told["message"]["author"]["name"] == "Lin Wei"
    (kept,) = meeting.talk().messages
    assert (kept.id, kept.text, kept.author.name) == (message, "Good evening 👋", "Lin Wei")


def test_under_the_chatham_house_rule_the_name_is_shown_and_not_kept(bus: RecordingBus) -> None:
    meeting = a_meeting(Confidentiality.CHATHAM_HOUSE)
    services.say(meeting.id, meeting.lin, "Between us")
    question = services.ask(meeting.id, meeting.lin, "Who pays?").id
    services.vote(meeting.id, meeting.amara, question, up=True)
    assert bus.of_kind("said")[0]["message"]["author"]["name"] == "Lin Wei"
    assert bus.of_kind("questions_moved")[0]["asked"][0]["author"]["name"] == "Lin Wei"
    assert ChatMessage.objects.get().author is None
    assert Question.objects.get().author is None
    assert [message.author for message in meeting.talk().messages] == [selectors.NOBODY]
    services.end(meeting.id, meeting.host)
    assert not Vote.objects.exists()
    assert Question.objects.get().votes == 1


def test_off_the_record_nothing_is_in_the_database(bus: RecordingBus) -> None:
    meeting = a_meeting(Confidentiality.OFF_RECORD)
    message = services.say(meeting.id, meeting.lin, "Between us").id
    question = services.ask(meeting.id, meeting.lin, "Who pays?").id
    services.vote(meeting.id, meeting.amara, question, up=True)
    services.report(meeting.id, meeting.amara, "", category="other", line="", message=message)
    assert bus.of_kind("said")[0]["message"]["text"] == "Between us"
    assert not ChatMessage.objects.exists()
    assert not Question.objects.exists()
    assert not Vote.objects.exists()
    assert Report.objects.get().message == ""
    assert Report.objects.get().target.name == "Lin Wei"
    assert meeting.talk().messages == []
    assert [(asked.text, asked.votes, asked.author.name) for asked in meeting.talk().questions] == [
        ("Who pays?", 1, "Lin Wei")
    ]
    services.end(meeting.id, meeting.host)
    assert passing.questions(meeting.id) == {}


def test_only_the_last_messages_are_given(unhurried: None) -> None:
    meeting = a_meeting()
    author = Participant.objects.get(public_id=meeting.lins_id)
    for place in range(RECENT_MESSAGES + 3):
        ChatMessage.objects.create(
            room=meeting.room, author=author, text=str(place), at=timezone.now() + timedelta(seconds=place)
        )
    assert [message.text for message in meeting.talk().messages] == [
        str(place) for place in range(3, RECENT_MESSAGES + 3)
    ]


def test_what_is_old_is_deleted_and_nothing_else() -> None:
    meeting = a_meeting()
    for text, days in (("old", settings.CHAT_DAYS + 1), ("new", settings.CHAT_DAYS - 1)):
        at = timezone.now() - timedelta(days=days)
        ChatMessage.objects.create(room=meeting.room, text=text, at=at)
        Question.objects.create(room=meeting.room, text=text, at=at)
    delete_old_talk()
    delete_old_talk()
    assert [message.text for message in ChatMessage.objects.all()] == ["new"]
    assert [question.text for question in Question.objects.all()] == ["new"]


# --- Writing --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_seen_is_not_said_and_emoji_are() -> None:
    meeting = a_meeting()
    assert refusal(services.say, meeting.id, meeting.lin, " \u3000 ").code is Code.TEXT_EMPTY
    assert refusal(services.say, meeting.id, meeting.lin, "\u202egnp.exe").code is Code.TEXT_UNREADABLE
    assert refusal(services.say, meeting.id, meeting.lin, "a\u200db").code is Code.TEXT_UNREADABLE
    for words in ("👩‍🔬", "👍🏽", "❤️‍🔥", "?!", "AI가 µm"):
        services.say(meeting.id, meeting.host if words == "?!" else meeting.amara, words)


def test_who_writes_without_pause_waits() -> None:
    meeting = a_meeting()
    for place in range(pace.CHAT.burst):
        services.say(meeting.id, meeting.lin, str(place))
    assert refusal(services.say, meeting.id, meeting.lin, "one more").code is Code.TOO_MANY_MESSAGES
    services.say(meeting.id, meeting.amara, "Another is not concerned")


def test_a_room_takes_so_many_messages_a_second_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "CHAT", pace.Pace(every=0.0, burst=1))
    monkeypatch.setattr(pace, "ROOM_CHAT", pace.Pace(every=60.0, burst=3))
    meeting = a_meeting()
    for place in range(3):
        services.say(meeting.id, (meeting.lin, meeting.amara, meeting.host)[place], str(place))
    assert refusal(services.say, meeting.id, meeting.lin, "one more").code is Code.CHAT_BUSY


def test_slow_mode_holds_for_members_and_says_how_long(bus: RecordingBus) -> None:
    meeting = a_meeting()
    services.set_slow_mode(meeting.id, meeting.host, 60)
    assert bus.frames()[-1]["data"] == {"seconds": 60, "by": "Ji-woo Han"}
    services.say(meeting.id, meeting.lin, "One")
    refused = refusal(services.say, meeting.id, meeting.lin, "Two")
    assert refused.code is Code.SLOW_MODE
    assert 58 <= int(refused.details["seconds"]) <= 60
    assert 58 <= selectors.chat_wait(meeting.lins_id, "member", 60) <= 60
    services.say(meeting.id, meeting.host, "One")
    services.say(meeting.id, meeting.host, "Two")
    services.set_slow_mode(meeting.id, meeting.host, 0)
    services.say(meeting.id, meeting.lin, "Two")
    assert AuditEntry.objects.filter(act="room.set_slow_mode").count() == 2


# --- Taking away ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidentiality", Confidentiality)
def test_one_takes_back_ones_own_and_the_host_anything(confidentiality: Confidentiality, bus: RecordingBus) -> None:
    meeting = a_meeting(confidentiality)
    message, question = services.say(meeting.id, meeting.lin, "Hm").id, services.ask(meeting.id, meeting.lin, "Why?").id
    for remove, written in ((services.remove_message, message), (services.remove_question, question)):
        assert refusal(remove, meeting.id, meeting.amara, written).code is Code.NOT_ALLOWED
        remove(meeting.id, meeting.lin, written)
    assert (bus.of_kind("unsaid")[0]["message"], bus.of_kind("unsaid")[0]["by"]) == (message, "Lin Wei")
    assert not AuditEntry.objects.exists()
    message, question = services.say(meeting.id, meeting.lin, "Hm").id, services.ask(meeting.id, meeting.lin, "Why?").id
    services.remove_message(meeting.id, meeting.host, message)
    services.remove_question(meeting.id, meeting.host, question)
    assert bus.of_kind("unsaid")[1]["by"] == "Ji-woo Han"
    assert (meeting.talk().messages, meeting.talk().questions) == ([], [])
    assert {entry.act for entry in AuditEntry.objects.all()} == {"room.remove_message", "room.remove_question"}


def test_what_is_gone_or_of_another_room_cannot_be_taken_away() -> None:
    meeting, other = a_meeting(), a_meeting()
    message, question = services.say(other.id, other.lin, "Hm").id, services.ask(other.id, other.lin, "Why?").id
    assert refusal(services.remove_message, meeting.id, meeting.host, message).code is Code.MESSAGE_NOT_FOUND
    for act in (services.remove_question, services.mark_answered, services.vote):
        more = {services.mark_answered: {"answered": True}, services.vote: {"up": True}}.get(act, {})
        assert refusal(act, meeting.id, meeting.host, question, **more).code is Code.QUESTION_NOT_FOUND
    assert len(other.talk().messages) == len(other.talk().questions) == 1


def test_a_message_is_reported_with_its_words_and_its_author_whoever_is_named() -> None:
    meeting = a_meeting()
    message = services.say(meeting.id, meeting.lin, "Buy this").id
    host = Participant.objects.get(connection=meeting.host).public_id
    services.report(meeting.id, meeting.amara, host, category="fraud", line="", message=message)
    report = Report.objects.get()
    assert (report.message, report.target.name) == ("Buy this", "Lin Wei")
    own = refusal(services.report, meeting.id, meeting.lin, "", category="fraud", line="", message=message)
    assert own.code is Code.NOT_ALLOWED
    services.remove_message(meeting.id, meeting.host, message)
    gone = refusal(services.report, meeting.id, meeting.amara, "", category="fraud", line="", message=message)
    assert gone.code is Code.MESSAGE_NOT_FOUND
    assert Report.objects.get().message == "Buy this"


# --- Questions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidentiality", Confidentiality)
def test_votes_order_questions_and_one_has_one_for_each(confidentiality: Confidentiality) -> None:
    meeting = a_meeting(confidentiality)
    first, second = (
        services.ask(meeting.id, meeting.lin, "First?").id,
        services.ask(meeting.id, meeting.amara, "Second?").id,
    )
    for _ in range(2):
        services.vote(meeting.id, meeting.lin, second, up=True)
    services.vote(meeting.id, meeting.host, second, up=True)
    services.vote(meeting.id, meeting.lin, first, up=True)
    services.vote(meeting.id, meeting.lin, first, up=False)
    assert [(asked.id, asked.votes) for asked in meeting.talk().questions] == [(second, 2), (first, 0)]
    assert selectors.voted(meeting.id, meeting.lins_id) == [second]


@pytest.mark.parametrize("confidentiality", Confidentiality)
def test_an_answered_question_marks_the_moment_and_may_be_open_again(confidentiality: Confidentiality) -> None:
    meeting = a_meeting(confidentiality)
    Room.objects.filter(pk=meeting.room.pk).update(started_at=timezone.now() - timedelta(seconds=125))
    question = services.ask(meeting.id, meeting.lin, "Who pays?").id
    services.mark_answered(meeting.id, meeting.host, question, answered=True)
    (answered,) = meeting.talk().questions
    assert 125 <= answered.seconds_in < 140
    assert refusal(services.vote, meeting.id, meeting.amara, question, up=True).code is Code.QUESTION_ANSWERED
    services.mark_answered(meeting.id, meeting.host, question, answered=False)
    services.vote(meeting.id, meeting.amara, question, up=True)
    assert meeting.talk().questions[0].seconds_in == -1


def test_the_list_is_bounded_and_so_is_who_asks(unhurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = a_meeting()
    Question.objects.bulk_create(
        Question(room=meeting.room, text=str(place), public_id=f"q{place}") for place in range(MOST_OPEN_QUESTIONS)
    )
    assert refusal(services.ask, meeting.id, meeting.lin, "One more?").code is Code.QUESTIONS_FULL
    Question.objects.all().delete()
    monkeypatch.setattr(pace, "ASKING", pace.Pace(every=30.0, burst=2))
    services.ask(meeting.id, meeting.lin, "One?")
    services.ask(meeting.id, meeting.lin, "Two?")
    assert refusal(services.ask, meeting.id, meeting.lin, "Three?").code is Code.TOO_MANY_MESSAGES


# --- The pinned link ------------------------------------------------------------------------------------------------


LINK = "https://data.example.org/sheet?id=1&x=%22"


def page(client: Client, meeting: Meeting, **more) -> tuple[int, str]:
    response = client.get(reverse("rooms:link", args=[meeting.id]), **more)
    return response.status_code, response.content.decode()


def test_a_link_is_pinned_by_those_who_run_the_room_and_named_on_a_page_of_ours(
    client: Client, bus: RecordingBus
) -> None:
    meeting = a_meeting()
    member = Participant.objects.get(public_id=meeting.lins_id).user
    client.force_login(member, backend="accounts.backends.MemberBackend")
    for url in (LINK, "http://example.org"):
        assert refusal(services.pin_link, meeting.id, meeting.lin, url=url, title="").code is Code.NOT_ALLOWED
    bad = refusal(services.pin_link, meeting.id, meeting.host, url="http://example.org", title="The sheet")
    assert bad.code is Code.LINK_INVALID
    services.pin_link(meeting.id, meeting.host, url=LINK, title="The sheet")
    assert bus.frames()[-1]["data"] == {"title": "The sheet", "host": "data.example.org", "by": "Ji-woo Han"}
    snapshot = selectors.room_snapshot(meeting.id)
    assert (snapshot.link_title, snapshot.link_host) == ("The sheet", "data.example.org")
    status, content = page(client, meeting)
    assert status == 200
    assert 'href="https://data.example.org/sheet?id=1&amp;x=%22"' in content
    assert '"https://evil.example' not in page(client, meeting, QUERY_STRING="url=https://evil.example")[1]
    services.pin_link(meeting.id, meeting.host, url="", title="")
    assert page(client, meeting)[0] == 404
    assert AuditEntry.objects.filter(act="room.pin_link", reason=LINK).exists()


def test_whoever_is_not_in_the_room_is_sent_to_its_door(client: Client) -> None:
    meeting = a_meeting()
    services.pin_link(meeting.id, meeting.host, url=LINK, title="The sheet")
    for stranger in (None, a_member("Petra Roth"), Participant.objects.get(public_id=meeting.lins_id).user):
        if stranger is not None:
            services.leave(meeting.id, meeting.lin)
            client.force_login(stranger, backend="accounts.backends.MemberBackend")
        response = client.get(reverse("rooms:link", args=[meeting.id]))
        assert response.headers["Location"] == reverse("rooms:room", args=[meeting.id])
        assert "example.org" not in response.content.decode()
