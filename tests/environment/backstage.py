"""What a test does behind the scenes of a running installation: makes people and rooms, looks into the database.

`serve` is the far end, in a process of its own with the installation's settings; `Backstage` asks it, a line of JSON a time.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Backstage:
    """Asks the far end. Starts it at the first question."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def ask(self, what: str, **arguments: Any) -> Any:
        """The answer of one of the functions below."""
        if self._process is None:
            code = "from tests.environment.backstage import serve; serve()"
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
                cwd=ROOT,
                env=self._environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"what": what, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """End the far end."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(10)
            self._process = None


# --- the far end -------------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer until the input ends."""
    import traceback

    from django.db import close_old_connections

    for line in sys.stdin:
        request = json.loads(line)
        close_old_connections()
        try:
            answer = {"result": _FUNCTIONS[request.pop("what")](**request)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def make(
    people: list[str],
    stage: list[str],
    title: str,
    staff: list[str] = (),  # type: ignore[assignment]
    visibility: str = "members",
    hand_policy: str = "everyone",
    confidentiality: str = "on_record",
    description: str = "",
) -> dict[str, Any]:
    """Members (some of them staff), their sessions, and a live room whose host and speakers are those of `stage`."""
    from tests.factories import a_member, a_topic

    # Without a password: hashing one takes a third of a second, and nobody signs in by it.
    users = {name: a_member(name, password=None, is_staff=name in staff, is_superuser=name in staff) for name in people}
    host, *speakers = stage
    from rooms import services

    room = services.open_room(
        host=users[host],
        title=title,
        topic=a_topic(users[host]),
        language="en",
        visibility=visibility,
        hand_policy=hand_policy,
        confidentiality=confidentiality,
        description=description,
        speakers=tuple(users[name] for name in speakers),
    )
    return {
        "cookies": {name: _session(user) for name, user in users.items()},
        "emails": {name: user.email for name, user in users.items()},
        "room": room.public_id,
    }


def _session(user: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.MemberBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def another_session(email: str) -> str:
    """Somebody is signed in by one more browser; its session."""
    return _session(_user(email))


def prove_address(email: str, password: str = "") -> None:
    """Somebody's address counts as proven, so that they can sign in; with a password, also by it."""
    from allauth.account.models import EmailAddress

    user = _user(email)
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    if password:
        user.set_password(password)
        user.save()


def forget_consents(email: str) -> None:
    """Somebody has agreed to nothing, as those who came before there was anything to agree to."""
    user = _user(email)
    user.consents.all().delete()
    user.agreed_to = ""
    user.save()


def an_app_of(email: str) -> str:
    """Give somebody an authenticator app; its secret."""
    from tests.accounts.signing_in import an_app_of

    return an_app_of(_user(email))


def another_room(host_email: str, title: str) -> str:
    """A live room of somebody who is there already."""
    from rooms import services
    from tests.factories import a_topic

    host = _user(host_email)
    return services.open_room(host=host, title=title, topic=a_topic(host), language="en").public_id


def to_come(
    host_email: str,
    title: str,
    minutes: float,
    going: list[str] = (),  # type: ignore[assignment]
    asked: list[str] = (),  # type: ignore[assignment]
) -> str:
    """A room to come of somebody who is there already, with those who are going and those who are asked to host it."""
    from rooms import services
    from tests.factories import a_room_to_come

    room = a_room_to_come(_user(host_email), minutes=minutes, title=title)
    for email in going:
        services.go(room, _user(email), "UTC")
    for email in asked:
        services.ask_co_host(room.public_id, _user(host_email), _user(email))
    return room.public_id


def _user(email: str) -> Any:
    from accounts.models import User

    return User.objects.get(email=email)


def profile_of(email: str) -> str:
    """The address of somebody's page."""
    return f"/people/{_user(email).public_id}/"


def claims_in_every_state(email: str) -> None:
    """Somebody has claimed a lot: see their page of it."""
    from tests.accounts.claiming import in_every_state

    in_every_state(_user(email))


def private_files() -> int:
    """How many documents lie on the disk."""
    from tests.accounts.claiming import files

    return len(files())


def suspend(email: str) -> None:
    """As staff does in the admin."""
    user = _user(email)
    user.is_active = False
    user.save()


def sanction(email: str, kind: str) -> str:
    """Staff sanction somebody; its id."""
    from moderation.services import impose
    from tests.factories import a_member

    by = a_member("Noor Haddad", password=None, is_staff=True)
    return impose(_user(email), kind, rule=2, facts="Talks over everybody.", by=by).public_id


def sanction_quietly(email: str, kind: str) -> None:
    """A row that no service wrote and nobody was told of."""
    from django.utils import timezone

    from moderation.models import Sanction

    about = {"rule": 2, "rules_version": "2026-11-01", "facts": "A test", "decider": "operator"}
    Sanction.objects.create(user=_user(email), kind=kind, appeal_until=timezone.now(), **about)


def lift_sanctions(email: str) -> None:
    """What staff decided about somebody was a mistake."""
    from moderation.models import Sanction, holding
    from moderation.services import lift

    for held in Sanction.objects.filter(holding(), user=_user(email)):
        lift(held, by=None, reason="A mistake", as_mistake=True)


def suspend_quietly(email: str) -> None:
    """By a query that no signal hears of."""
    from accounts.models import User

    User.objects.filter(email=email).update(is_active=False)


def end_session(key: str) -> None:
    """A session that is not there any more, and nobody was told."""
    from django.contrib.sessions.models import Session

    Session.objects.filter(session_key=key).delete()


def follow(follower: str, followed: str) -> None:
    """One follows another, by their addresses."""
    from accounts import services

    services.follow(_user(follower), _user(followed))


def block(blocker: str, blocked: str) -> None:
    """One blocks another, by their addresses."""
    from accounts import services

    services.block(_user(blocker), _user(blocked))


def roster(room: str) -> list[dict[str, Any]]:
    """Who is in a room now."""
    from rooms import selectors
    from rooms.models import Participant

    here = selectors.on_roster(Participant.objects.filter(room__public_id=room)).select_related("user__profile")
    return [
        {"name": p.name or f"Guest {p.guest_number}", "role": p.role, "position": p.position, "muted": p.muted}
        for p in here.order_by("pk")
    ]


def place(room: str) -> dict[str, Any]:
    """Where a room's sound is, and by which epoch."""
    from rooms.models import Room

    found = Room.objects.select_related("worker").get(public_id=room)
    worker = found.worker
    at = {"ip": worker.public_ip, "udp_port": worker.udp_port} if worker else {"ip": "", "udp_port": 0}
    return {**at, "epoch": found.media_epoch}


def shares(room: str) -> list[dict[str, Any]]:
    """Which workers share a room's listeners, and how many have their sound there."""
    from rooms.models import RoomShare

    return [
        {
            "ip": share.worker.public_ip,
            "udp_port": share.worker.udp_port,
            "share": share.pk,
            "people": share.participants.filter(left_at=None).count(),
        }
        for share in RoomShare.objects.filter(room__public_id=room, ended_at=None).select_related("worker")
    ]


def sealed_tone(room: str, frequency: int) -> list[str]:
    """Frames of a tone for the first share of a room, in hex: right in everything but where they come from."""
    from django.conf import settings

    from rooms.audio.transport.relay import Sealer, key_of, secret_of
    from rooms.models import RoomShare
    from tests.faults.visitor import tone

    share = RoomShare.objects.filter(room__public_id=room, ended_at=None).select_related("room__worker")[0]
    mixer = share.room.worker.worker_id
    key = key_of(secret_of(settings.SECRET_KEY), room, share.room.media_epoch, share.pk, mixer)
    sealer = Sealer(key, lambda: 1e9)
    return [sealer.seal(packet, 960 * at, marker=False).hex() for at, packet in enumerate(tone(frequency))]


def live_workers() -> int:
    """How many audio workers take rooms."""
    from rooms import selectors

    return selectors.accepting_workers().count()


def rows() -> dict[str, int]:
    """How many rows each table has."""
    from django.apps import apps

    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def sweep() -> None:
    """What the clock has done every other second: whoever is gone is off the rosters."""
    from rooms.tasks import sweep_rosters

    sweep_rosters()


def steady_workers() -> int:
    """How many audio workers were heard of for long enough to judge others by them."""
    from django.db.models.functions import Now

    from rooms import selectors
    from rooms.models import WORKER_SILENT_AFTER

    return selectors.accepting_workers().filter(steady_since__lte=Now() - WORKER_SILENT_AFTER).count()


def a_visitor(name: str) -> str:
    """One more member; their session."""
    from tests.factories import a_member

    return _session(a_member(name, password=None))


def standing(room: str) -> dict[str, dict[str, Any]]:
    """How everybody who ever was in a room stands now, by name."""
    from rooms.models import Participant

    return {
        p.name: {
            "here": p.left_at is None,
            "position": p.position,
            "muted": p.muted,
            "hand": p.hand_number > 0,
            "line": p.hand_line,
            "connection": p.connection,
        }
        for p in Participant.objects.filter(room__public_id=room).select_related("user__profile")
    }


def version(room: str) -> int:
    """How far the history of a room has come that everybody is told."""
    from rooms import selectors

    return selectors.versions([room])[room][0]


def written(room: str) -> list[str]:
    """What was written in the chat of a room, oldest first."""
    from rooms.models import ChatMessage

    return list(ChatMessage.objects.filter(room__public_id=room).order_by("pk").values_list("text", flat=True))


def post(to: str, occasion: str, times: int = 1) -> None:
    """Have something sent to an address or a phone, in a transaction each time."""
    from django.db import transaction

    from accounts import contacts, outbox

    contact = contacts.email(to) if "@" in to else contacts.phone(to)
    for _ in range(times):
        with transaction.atomic():
            outbox.post(contact, kind="test", occasion=occasion, subject="A test", text="Once.")


def post_quietly(to: str, occasion: str) -> None:
    """The same, and the jobs are not told: the clock finds it."""
    from unittest import mock

    from accounts import outbox

    with mock.patch.object(outbox, "_nudge", return_value=None):
        post(to, occasion)


def unsent() -> int:
    """How many messages were not done with yet."""
    from accounts.contact_models import OutboxMessage

    return OutboxMessage.objects.filter(done_at=None).count()


def claims_are_old() -> None:
    """Whoever claimed a message or a deletion did so long ago."""
    from datetime import timedelta

    from django.db.models import F

    from accounts.contact_models import OutboxMessage
    from accounts.models import AccountDeletion

    for rows in (OutboxMessage.objects.filter(done_at=None), AccountDeletion.objects.filter(state="erasing")):
        rows.exclude(claimed_at=None).update(claimed_at=F("claimed_at") - timedelta(minutes=6))


def deliver(task: str, times: int = 1) -> None:
    """Have a task done, as often as it is delivered."""
    from config.celery import app

    for _ in range(times):
        app.send_task(task)


def ask_to_be_deleted(email: str) -> str:
    """Somebody's account is to be deleted at once; its public id."""
    from accounts.own_data import deletion

    user = _user(email)
    return deletion.request(user, days=0).person


def deletion_of(person: str) -> dict[str, Any]:
    """How far a deletion has come, and how often the log says that it was done."""
    from accounts.models import AccountDeletion, AuditEntry

    row = AccountDeletion.objects.get(person=person)
    done = AuditEntry.objects.filter(act="account.erased", target=person).count()
    return {"state": row.state, "claimed": row.claimed_at is not None, "recorded": done, "steps": len(row.steps_done)}


def reports(room: str) -> list[dict[str, Any]]:
    """What was reported of a room."""
    from moderation.models import Report

    return [
        {"category": r.category, "line": r.line, "target": r.target.name if r.target else "", "stage": r.stage}
        for r in Report.objects.filter(room__public_id=room).order_by("pk")
    ]


def reported_by(email: str) -> list[dict[str, Any]]:
    """What a member reported, wherever they were."""
    from moderation.models import Report

    mine = Report.objects.filter(reporter_user__email=email).order_by("pk")
    return [{"kind": r.kind, "category": r.category, "line": r.line, "message": r.message} for r in mine]


def evidence(room: str) -> list[dict[str, Any]]:
    """The evidence of a room: its state, whose voices, and each voice's packets where they can be read."""
    from moderation.models import Evidence, EvidenceState
    from rooms.evidence import sealed_folder

    found = []
    for row in Evidence.objects.filter(room__public_id=room).order_by("pk"):
        packets = sealed_folder().read(row.public_id, row.parts) if row.state == EvidenceState.SEALED else []
        payloads: dict[str, list[str]] = {}
        for packet in packets:
            payloads.setdefault(packet.person, []).append(packet.payload.hex())
        found.append({"id": row.public_id, "state": row.state, "voices": row.voices, "payloads": payloads})
    return found


def listen_for(phrase: str, language: str = "en", active: bool = True) -> None:
    """Staff change what is listened for."""
    from moderation.models import SpeechPhrase

    SpeechPhrase.objects.update_or_create(language=language, phrase=phrase, defaults={"active": active})


def flags(room: str) -> list[dict[str, Any]]:
    """What machines noticed in a room."""
    from moderation.models import Flag

    return [
        {
            "source": f.source,
            "where": f.where,
            "because": f.because,
            "language": f.language,
            "excerpt": f.excerpt,
            "who": f.participant.name if f.participant else "",
            "seconds_in": f.seconds_in,
            "state": f.state,
        }
        for f in Flag.objects.filter(room__public_id=room).order_by("pk")
    ]


def opened_evidence(room: str, speaker: str, by: str, packets: list[tuple[int, int, str]]) -> int:
    """Sealed evidence of a room that is open to a member of staff: the packets begin half a minute into it."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from moderation.models import Evidence
    from moderation.services import ask_to_open
    from rooms.audio.evidence.packets import VoicePacket
    from rooms.evidence import sealed_folder
    from rooms.models import Participant, Room

    now = timezone.now()
    person = Participant.objects.filter(room__public_id=room, user__profile__name=speaker).first()
    who = person.public_id if person else "somebody"
    evidence = Evidence.objects.create(
        room=Room.objects.get(public_id=room),
        state="sealed",
        from_at=now - timedelta(seconds=60),
        until_at=now,
        keep_until=now + timedelta(days=1),
        voices={who: len(packets)},
    )
    began = int(evidence.from_at.timestamp() * 1000) + 30_000
    kept = [VoicePacket(who, began + at_ms, stamp, bytes.fromhex(payload)) for at_ms, stamp, payload in packets]
    sealed_folder().write(evidence.public_id, kept)
    ask_to_open(evidence, User.objects.get(profile__name=by), "A report of fraud on this stage")
    return evidence.pk


def recognisers() -> list[dict[str, Any]]:
    """How the recognisers keep up."""
    from moderation.models import Recogniser

    return list(Recogniser.objects.values("worker", "state", "listened_seconds", "left_out_seconds", "unknown"))


def ended_long_ago(room: str, minutes: float) -> None:
    """A room that is over ended so long ago."""
    from datetime import timedelta

    from django.utils import timezone

    from rooms.models import Room

    Room.objects.filter(public_id=room, phase="ended").update(ended_at=timezone.now() - timedelta(minutes=minutes))


def audit(act: str, room: str) -> list[dict[str, str]]:
    """The entries of the audit log of one act in one room, oldest first."""
    from accounts.models import AuditEntry, User

    entries = AuditEntry.objects.filter(act=act, target__startswith=room).order_by("pk")
    names = {user.public_id: user.name for user in User.objects.select_related("profile")}
    return [{"actor": names.get(e.actor, ""), "target": e.target, "reason": e.reason} for e in entries]


def sweep_empty_rooms(minutes: float) -> int:
    """What the clock does, so many minutes later."""
    from datetime import timedelta

    from django.utils import timezone

    from rooms import services

    return services.close_empty_rooms(timezone.now() + timedelta(minutes=minutes))


def limit_turns(room: str, seconds: int) -> None:
    """A turn on stage takes at most so long, also where that is shorter than a host can choose."""
    from rooms.models import Room

    Room.objects.filter(public_id=room).update(turn_limit=seconds)


def time_passes(room: str, seconds: float) -> None:
    """For everybody who dropped out of a room, so much time has passed already."""
    from datetime import timedelta

    from django.db.models import F

    from rooms.models import Participant

    waiting = Participant.objects.filter(room__public_id=room, place_until__isnull=False)
    waiting.update(place_until=F("place_until") - timedelta(seconds=seconds))


def fill(room: str, **how: Any) -> None:
    """Let a crowd be in a room: see tests.environment.crowd."""
    from tests.environment import crowd

    crowd.fill(room, **how)


def live(room: str, **how: Any) -> dict[str, int]:
    """Let that crowd live for a while."""
    from tests.environment import crowd

    return crowd.live(room, **how)


_FUNCTIONS: dict[str, Any] = {
    function.__name__: function
    for function in (
        make,
        steady_workers,
        sweep,
        forget_consents,
        another_session,
        prove_address,
        an_app_of,
        another_room,
        to_come,
        profile_of,
        claims_in_every_state,
        private_files,
        suspend,
        suspend_quietly,
        sanction,
        sanction_quietly,
        lift_sanctions,
        end_session,
        follow,
        block,
        roster,
        place,
        live_workers,
        shares,
        sealed_tone,
        a_visitor,
        rows,
        standing,
        version,
        written,
        post,
        post_quietly,
        unsent,
        claims_are_old,
        deliver,
        ask_to_be_deleted,
        deletion_of,
        reports,
        reported_by,
        audit,
        sweep_empty_rooms,
        evidence,
        listen_for,
        flags,
        recognisers,
        opened_evidence,
        ended_long_ago,
        time_passes,
        limit_turns,
        fill,
        live,
    )
}
