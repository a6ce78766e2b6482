"""Rows of a known quarter, written as they are stored."""

from datetime import UTC, datetime, timedelta

from accounts.models import AuditEntry, User
from moderation.figures import Period, Section, Table
from moderation.models import (
    Appeal,
    AppealState,
    Case,
    CaseKind,
    CaseState,
    Decider,
    Evidence,
    EvidenceOpening,
    EvidenceState,
    Flag,
    FlagState,
    HeldState,
    HeldText,
    Report,
    Sanction,
    SanctionKind,
)
from rooms.domain.snapshot import Confidentiality
from rooms.models import Participant, Room
from tests.factories import a_member, a_topic

NAME = "<script>alert(1)</script>"
QUARTER = ("2026-07-01", "2026-09-30")
START = datetime(2026, 7, 1, tzinfo=UTC)
END = datetime(2026, 10, 1, tzinfo=UTC)
ONE_MOMENT = timedelta(microseconds=1)


def quarter() -> Period:
    """The one that the rows are of."""
    return Period.read(*QUARTER)


def table(sections: list[Section], key: str) -> Table:
    """One of them, by its key."""
    return next(found for section in sections for found in section.tables if found.key == key)


def numbers(sections: list[Section], key: str) -> dict[str, tuple]:
    """Its cells by row."""
    return {row.key: row.cells for row in table(sections, key).rows}


def reported(category: str, at: datetime, *, kind: str = "profile") -> Report:
    """A report, of nobody in particular."""
    return Report.objects.create(kind=kind, category=category, at=at)


def a_case(category: str, at: datetime, *, took: timedelta | None = None, outcome: str = "acted") -> Case:
    """A case; decided after so long, and taken after half of it."""
    case = Case.objects.create(kind=CaseKind.PERSON, category=category, opened_at=at)
    if took is not None:
        case.state, case.outcome = CaseState.DECIDED, outcome
        case.taken_at, case.decided_at = at + took / 2, at + took
        case.save()
    return case


def a_sanction(kind: str, at: datetime, *, rule: int = 1, decider: str = Decider.STAFF, version: str = "x") -> Sanction:
    """A sanction against an account that is gone."""
    return Sanction.objects.create(
        kind=kind, rule=rule, rules_version=version, facts=NAME, at=at, decider=decider, appeal_until=at
    )


def an_appeal(sanction: Sanction, state: str, *, took: timedelta = timedelta(hours=5)) -> Appeal:
    """Made when the sanction was, and answered after so long."""
    decided = {} if state == AppealState.OPEN else {"decided_at": sanction.at + took, "reasons": NAME}
    return Appeal.objects.create(sanction=sanction, at=sanction.at, words=NAME, state=state, **decided)


def evidence_of(room: Room) -> None:
    """One kept, one destroyed, one silent, one lost; opened twice, once by two."""
    at, by, other = START + timedelta(days=3), a_member("Op Ener"), a_member("Agr Eer")
    span = {"room": room, "from_at": at, "until_at": at, "wanted_at": at}
    kept = Evidence.objects.create(**span, state=EvidenceState.SEALED, sealed_at=at)
    Evidence.objects.create(**span, state=EvidenceState.DESTROYED, sealed_at=at, destroyed_at=END - ONE_MOMENT)
    Evidence.objects.create(**span, state=EvidenceState.SILENT, sealed_at=at)
    Evidence.objects.create(**span, state=EvidenceState.LOST)
    for agreed in (None, other):
        EvidenceOpening.objects.create(evidence=kept, by=by, reason=NAME, at=at, agreed_by=agreed, open_until=at)
    EvidenceOpening.objects.create(evidence=kept, by=by, reason=NAME, at=at)


def a_room_of(at: datetime, *, members: int = 0, guests: int = 0, host: User | None = None, **more: object) -> Room:
    """A room that began then, with people."""
    host = host or a_member("Ji-woo Han")
    fields = {"confidentiality": Confidentiality.ON_RECORD, "title": NAME, "phase": "ended", **more}
    room = Room.objects.create(topic=a_topic(host), host=host, started_at=at, ended_at=at, **fields)
    Participant.objects.bulk_create(
        [Participant(room=room, user=a_member(with_profile=False), left_at=at) for _ in range(members)]
        + [
            Participant(room=room, guest_key=f"{room.pk}-{number}", guest_number=number + 1, left_at=at)
            for number in range(guests)
        ]
    )
    return room


def a_quarter() -> None:
    """All of it, with a row a moment before and after that belongs to neither."""
    for at in (START - ONE_MOMENT, END):
        reported("hate", at)
        a_case("hate", at - timedelta(days=400), took=timedelta(days=400))
        a_sanction("ban", at)
        Flag.objects.create(source="text", where="chat", because=NAME, excerpt=NAME, at=at)
        HeldText.objects.create(where="chat", because=NAME, text=NAME, at=at)
        a_room_of(at, members=1)
    for number, category in enumerate(["harassment"] * 12 + ["hate"] * 6 + ["danger"] * 2):
        at = START + timedelta(days=number)
        reported(category, at, kind="message" if number % 2 else "profile")
        a_case(category, at, took=timedelta(hours=2 * (number + 1)), outcome="acted" if number % 3 else "nothing_found")
    for days in (0.5, 2, 5, 20, 60):
        a_case("fraud", END - timedelta(days=days))
    for number in range(12):
        decider = Decider.MACHINE if number < 2 else Decider.STAFF
        kind = (SanctionKind.WARN, SanctionKind.MUTE, SanctionKind.BAN)[number % 3]
        sanction = a_sanction(kind, START + timedelta(days=number), rule=number % 2 + 1, decider=decider)
        an_appeal(sanction, ("upheld", "overturned", "open")[number % 3], took=timedelta(hours=number + 1))
    for number in range(9):
        state = FlagState.UPHELD if number < 7 else FlagState.OPEN
        Flag.objects.create(source="speech", where="stage", because=NAME, at=START, state=state)
        HeldText.objects.create(where="chat", because=NAME, text=NAME, at=START, state=HeldState.REJECTED)
    evidence_of(a_room_of(START + timedelta(days=1), members=7, guests=2))
    a_room_of(START + timedelta(days=1), members=9, guests=9, confidentiality=Confidentiality.OFF_RECORD)
    a_room_of(START + timedelta(days=1), members=9, host=a_member("De Mo", is_demo=True))
    for target in ("one", "one", "two"):
        AuditEntry.objects.create(act="account.suspended", target=target, at=START)
    AuditEntry.objects.create(act="account.restored", target="one", at=END - ONE_MOMENT)
