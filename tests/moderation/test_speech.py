"""What is spotted becomes one flag with its moment; staff choose what is listened for; people are told where it is so."""

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from config.speech_checks import check_speech
from moderation.models import Evidence, EvidenceState, Flag, FlagState, Recogniser, SpeechPhrase
from moderation.services import ask_to_open, note_listening, take_spotted
from rooms import services as rooms
from rooms import speech
from rooms.audio.speech.messages import Load, Spotted
from rooms.evidence import sealed_folder
from rooms.models import Participant, Room
from tests.audio.speech.saying import PLANTED, as_packets, said
from tests.factories import a_live_room, a_member
from tests.fakes import RecordingBus

pytestmark = pytest.mark.django_db
PHRASE = "send me your passport"


def spotted(person: Participant, after: float, **other: Any) -> Spotted:
    """Said so many seconds after the room began."""
    assert person.room.started_at is not None
    at_ms = int(1000 * (person.room.started_at.timestamp() + after))
    fields = {"language": "en", "phrase": PHRASE, "words": "please send me your passport now", **other}
    return Spotted(person.room.public_id, person.public_id, at_ms=at_ms, **fields)


@pytest.fixture(autouse=True)
def bus(recording_bus: RecordingBus) -> RecordingBus:
    return recording_bus


def room_of(**fields: str) -> Room:
    room = a_live_room()
    Room.objects.filter(pk=room.pk).update(**fields)
    room.refresh_from_db()
    return room


@pytest.fixture
def speaker() -> Participant:
    joined = rooms.join(a_live_room().public_id, a_member(), muted=True)
    return Participant.objects.select_related("room", "user").get(public_id=joined.person)


def test_a_flag_has_the_moment_and_whose_it_was_and_sanctions_nobody(speaker: Participant) -> None:
    flag = take_spotted(spotted(speaker, 61.7))
    assert flag is not None
    assert (flag.source, flag.where, flag.because, flag.seconds_in) == ("speech", "stage", PHRASE, 61)
    assert (flag.participant, flag.user, flag.room) == (speaker, speaker.user, speaker.room)
    assert flag.excerpt == "please send me your passport now"
    assert flag.state == FlagState.OPEN
    before = (speaker.muted, speaker.position, speaker.left_at)
    speaker.refresh_from_db()
    assert (speaker.muted, speaker.position, speaker.left_at) == before


@pytest.mark.parametrize(("mode", "words"), [("off_record", ""), ("chatham", "please send me your passport now")])
def test_where_names_are_not_kept_it_is_forgotten_whose_it_was(speaker: Participant, mode: str, words: str) -> None:
    Room.objects.filter(pk=speaker.room_id).update(confidentiality=mode)
    flag = take_spotted(spotted(speaker, 61.7))
    assert (flag.user, flag.participant, flag.excerpt) == (None, speaker, words)
    rooms.end_from_outside(speaker.room.public_id, by=speaker.room.host)
    rooms.forget_attendance(timezone.now() + timedelta(days=30))
    flag.refresh_from_db()
    assert (flag.user, flag.participant) == (None, None)


def test_told_twice_it_is_one_flag_and_said_later_it_is_another(speaker: Participant) -> None:
    for after in (20.0, 20.0, 20.9, 24.0):
        take_spotted(spotted(speaker, after))
    assert Flag.objects.count() == 1
    take_spotted(spotted(speaker, 60.0))
    take_spotted(spotted(speaker, 20.0, phrase="transfer the money"))
    assert Flag.objects.count() == 3


def test_of_somebody_who_is_nowhere_nothing_is_kept(speaker: Participant) -> None:
    assert take_spotted(Spotted("another", speaker.public_id, "en", PHRASE, 0)) is None
    assert not Flag.objects.exists()


def test_the_plan_holds_active_phrases_and_rooms_of_watched_languages_only(settings: Any) -> None:
    settings.MITALK_SPEECH_ENGINE, settings.MITALK_SPEECH_LANGUAGES = "pocketsphinx", ["en"]
    SpeechPhrase.objects.create(phrase=PHRASE)
    SpeechPhrase.objects.create(phrase="not now", active=False)
    SpeechPhrase.objects.create(phrase="여권을 보내", language="ko")
    english, korean = room_of(language="en"), room_of(language="ko")
    plan = speech.plan({english.public_id, korean.public_id, "unknown"})
    assert plan.phrases == (("en", PHRASE),)
    assert plan.rooms == {english.public_id: "en"}


def test_a_phrase_holds_something_that_can_be_said() -> None:
    with pytest.raises(ValidationError):
        SpeechPhrase(phrase=" … ").full_clean()


def test_a_recogniser_tells_how_it_keeps_up_and_is_forgotten_when_it_is_gone() -> None:
    note_listening("gone", "listening", Load(True, False, 0, 0, 0))
    Recogniser.objects.update(at=timezone.now() - timedelta(days=2))
    note_listening("127.0.0.1:7882", "behind", Load(True, True, 60.0, 100.0, 40.0, ("zorblax",)))
    note_listening("127.0.0.1:7882", "behind", Load(True, True, 60.0, 110.0, 45.0, ("zorblax",)))
    row = Recogniser.objects.get()
    assert (row.state, row.left_out_seconds, row.unknown) == ("behind", 45.0, ["zorblax"])


@pytest.mark.parametrize(("engine", "told"), [("none", False), ("pocketsphinx", True)])
@pytest.mark.parametrize("confidentiality", ["on_record", "off_record"])
def test_people_are_told_where_a_machine_listens(
    client: Client, settings: Any, engine: str, told: bool, confidentiality: str
) -> None:
    settings.MITALK_SPEECH_ENGINE = engine
    room = room_of(confidentiality=confidentiality, visibility="public")
    page = client.get(reverse("rooms:room", args=[room.public_id])).content.decode()
    assert ('id="watched"' in page) is told


def test_in_a_language_that_no_model_knows_nobody_is_told_so(client: Client, settings: Any) -> None:
    settings.MITALK_SPEECH_ENGINE = "pocketsphinx"
    room = room_of(language="ko", visibility="public")
    assert 'id="watched"' not in client.get(reverse("rooms:room", args=[room.public_id])).content.decode()


def test_the_check_names_what_is_missing_and_the_remedy(settings: Any) -> None:
    assert check_speech(None) == []
    settings.MITALK_SPEECH_ENGINE, settings.MITALK_SPEECH_MODEL = "faster-whisper", ["/nowhere"]
    assert {found.id for found in check_speech(None)} == {"mitalk.E015"}
    assert any("/nowhere" in found.msg for found in check_speech(None))


def test_models_by_language(settings: Any) -> None:
    settings.MITALK_SPEECH_LANGUAGES = ["en", "zh", "ko"]
    settings.MITALK_SPEECH_MODEL = ["/all", "ko=/models/ko"]
    assert speech.models() == {"en": "/all", "zh": "/all", "ko": "/models/ko"}


@async_to_sync
async def lines_of(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line) async for line in response.streaming_content]


def test_a_transcript_needs_an_open_evidence_is_logged_and_leads_to_the_moment(
    client: Client, settings: Any, speaker: Participant
) -> None:
    settings.MITALK_SPEECH_ENGINE = "pocketsphinx"
    SpeechPhrase.objects.create(phrase=PHRASE)
    rooms.report(speaker.room.public_id, speaker.connection, "", category="harassment", line="")
    evidence = Evidence.objects.get()
    began_ms = int(evidence.from_at.timestamp() * 1000)
    sealed_folder().write(
        evidence.public_id, as_packets(said(PLANTED, "en-us+f3"), speaker.public_id, began_ms + 30_000)
    )
    voices = {speaker.public_id: 1}
    Evidence.objects.update(state=EvidenceState.SEALED, voices=voices, keep_until=timezone.now() + timedelta(days=1))
    evidence.refresh_from_db()
    staff = a_member(is_staff=True, is_superuser=True)
    client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = reverse("admin:moderation_evidence_transcript", args=[evidence.pk, speaker.public_id])
    assert client.post(address).status_code == 403, "not opened"
    ask_to_open(evidence, staff, "A report of fraud on this stage")
    assert client.get(address).status_code == 403
    page = client.get(reverse("admin:moderation_evidence_change", args=[evidence.pk])).content.decode()
    assert "Look for phrases" in page, "this engine takes no dictation, and says so"

    before = AuditEntry.objects.filter(act="evidence.heard").count()
    response = client.post(address)
    (line,) = lines_of(response)
    assert line["text"] == PHRASE
    assert 33 < line["at"] < 40
    assert AuditEntry.objects.filter(act="evidence.heard").count() == before + 1
    settings.MITALK_SPEECH_ENGINE = "none"
    assert client.post(address).status_code == 404
