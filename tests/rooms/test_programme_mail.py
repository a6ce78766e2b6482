"""Mail about rooms to come: one a person and occasion, however often tasks run, in their words and on their clocks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import User
from rooms import services, tasks
from rooms.models import ProgrammeMail, Room
from tests.factories import a_member, a_room_to_come

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


def going_to(room: Room, *people: User, zone: str = "UTC") -> None:
    for person in people:
        services.go(room, person, zone)


def recipients() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def test_who_goes_and_who_hosts_is_reminded_once_a_quarter_of_an_hour_before() -> None:
    room, amara, lin = a_room_to_come(minutes=20), a_member(), a_member("Lin Wei")
    services.ask_co_host(room.public_id, room.host, lin)
    services.answer_co_host(room, lin, accept=True, time_zone="UTC")
    going_to(room, amara, lin)
    tasks.mail_programme()
    assert recipients() == []  # too early; and who accepted needs no more asking
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for _ in range(3):
            tasks.mail_programme()
    assert recipients() == sorted([amara.email, lin.email, room.host.email])
    assert {message.subject for message in mail.outbox} == {"Soon: Chip packaging 101"}
    assert f"/r/{room.public_id}/" in mail.outbox[0].body


def test_nobody_is_reminded_of_a_room_that_nobody_could_start() -> None:
    room, amara, lin = a_room_to_come(minutes=10), a_member(), a_member("Lin Wei")
    going_to(room, amara)
    User.objects.filter(pk=room.host.pk).update(is_active=False)
    tasks.mail_programme()
    assert recipients() == []
    services.ask_co_host(room.public_id, room.host, lin)
    services.answer_co_host(room, lin, accept=True, time_zone="UTC")
    tasks.mail_programme()
    assert {amara.email} <= set(recipients()), "a co-host could"


def test_two_beats_at_once_send_one_mail() -> None:
    room, people = a_room_to_come(minutes=10), [a_member(f"Person {n}") for n in range(5)]
    going_to(room, *people)

    def beat(_number: int) -> None:
        try:
            tasks.mail_programme()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(beat, range(6)))
    assert recipients() == sorted([room.host.email, *(person.email for person in people)])


def test_a_mail_that_a_worker_died_over_is_sent_by_the_next() -> None:
    room, now = a_room_to_come(minutes=10), timezone.now()
    services.remind(now)
    ProgrammeMail.objects.update(claimed_at=now, tries=1)
    assert services.send_due(now + timedelta(minutes=1)) == 0
    assert services.send_due(now + timedelta(minutes=6)) == 1
    assert recipients() == [room.host.email]


def test_a_mail_that_the_server_did_not_take_is_tried_again_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    a_room_to_come(minutes=10)
    now = timezone.now()
    services.remind(now)
    tries: list[int] = []

    def refuse(*_: object) -> None:
        tries.append(1)
        raise SMTPServerDisconnected

    monkeypatch.setattr("rooms.services.programme_mail.EmailMessage.send", refuse)
    for number in range(10):
        services.send_due(now + timedelta(minutes=6 * number))
    assert len(tries) == 5
    assert ProgrammeMail.objects.get().done_at is not None
    assert not ProgrammeMail.objects.get().sent


def test_a_change_of_time_is_told_once_and_reminds_again() -> None:
    room, amara = a_room_to_come(minutes=10), a_member()
    going_to(room, amara)
    tasks.mail_programme()
    mail.outbox.clear()
    services.change_scheduled(room.public_id, room.host, starts_at=room.starts_at + timedelta(hours=2))
    services.change_scheduled(room.public_id, room.host, starts_at=room.starts_at + timedelta(hours=3))
    tasks.mail_programme()
    tasks.mail_programme()
    assert recipients() == [amara.email]  # of two changes in a row the last; the host knows
    assert mail.outbox[0].subject == "Changed: Chip packaging 101"
    mail.outbox.clear()
    with time_machine.travel(room.starts_at + timedelta(hours=2, minutes=50)):
        tasks.mail_programme()
    assert recipients() == sorted([amara.email, room.host.email])


def test_a_change_of_words_is_told_to_nobody() -> None:
    room = a_room_to_come()
    going_to(room, a_member())
    services.change_scheduled(room.public_id, room.host, description="Bring questions.")
    tasks.mail_programme()
    assert recipients() == []


def test_calling_off_is_told_once_and_nobody_is_reminded() -> None:
    room, amara, gone = a_room_to_come(minutes=10), a_member(), a_member(is_active=False)
    going_to(room, amara, gone)
    services.remind()
    services.cancel_scheduled(room.public_id, room.host)
    for _ in range(2):
        tasks.mail_programme()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([amara.email], "Called off: Chip packaging 101")
    ]


def test_who_is_asked_to_host_is_told_unless_it_is_taken_back() -> None:
    room, lin, petra = a_room_to_come(), a_member("Lin Wei"), a_member("Petra Roth")
    services.ask_co_host(room.public_id, room.host, lin)
    services.ask_co_host(room.public_id, room.host, petra)
    services.withdraw_co_host(room, room.host, petra)
    tasks.mail_programme()
    assert recipients() == [lin.email]
    assert mail.outbox[0].subject == "Ji-woo Han asks you to host with them: Chip packaging 101"


def test_a_missed_room_is_no_reason_to_write() -> None:
    room = a_room_to_come(minutes=20)
    going_to(room, a_member())
    with time_machine.travel(room.starts_at + timedelta(minutes=31)):
        tasks.close_missed_rooms()
        tasks.mail_programme()
    assert recipients() == []


@pytest.mark.parametrize(
    ("language", "zone", "subject", "time"),
    [
        ("en", "America/New_York", "Soon: ", "6:30 a.m."),
        ("zh", "Asia/Shanghai", "即将开始：", "19:30"),
        ("ko", "Asia/Seoul", "곧 시작: ", "8:30"),
    ],
)
def test_mail_is_in_the_readers_words_and_on_their_clock(language: str, zone: str, subject: str, time: str) -> None:
    with time_machine.travel("2027-03-10T11:20:00+00:00"):
        room, reader = a_room_to_come(minutes=10), a_member()
        reader.profile.language = language
        reader.profile.save()
        going_to(room, reader, zone=zone)
        tasks.mail_programme()
    (message,) = [message for message in mail.outbox if message.to == [reader.email]]
    assert message.subject.startswith(subject)
    assert time in message.body
    assert zone.replace("_", " ") in message.body


def test_a_title_cannot_write_headers() -> None:
    room = a_room_to_come(minutes=10)
    Room.objects.filter(pk=room.pk).update(title="Soon\r\nBcc: everybody@example.org")
    tasks.mail_programme()
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []
