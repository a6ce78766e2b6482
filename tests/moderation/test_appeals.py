"""Appeals: one a sanction, in time, decided by somebody else, answered with reasons."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import AuditEntry, User
from invites.services import quota
from moderation.appeal_numbers import appeal_numbers
from moderation.models import Appeal, AppealState, ReportKind, Sanction
from moderation.services import (
    About,
    AppealRefused,
    Reporter,
    SanctionRefused,
    decide_appeal,
    impose,
    lift,
    make_appeal,
    make_report,
)
from moderation.strikes import strikes_of
from rooms.domain.messages import ReportCategory
from tests.factories import a_member

pytestmark = pytest.mark.django_db
WORDS, REASONS = "It was somebody else, ask Lin Wei.", "The recording shows another voice."


@pytest.fixture
def staff() -> User:
    return a_member("Sofia Takács", is_staff=True)


@pytest.fixture
def senior() -> User:
    return a_member("Noor Haddad", is_staff=True)


@pytest.fixture
def reported() -> User:
    return a_member("Petra Roth", sponsor=a_member("Amara Okafor"))


@pytest.fixture
def muted(staff: User, reported: User) -> Sanction:
    until = timezone.now() + timedelta(days=30)
    return impose(reported, "mute", rule=2, facts="Shouted at Lin Wei.", until=until, by=staff)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises((AppealRefused, SanctionRefused)) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def test_one_appeal_by_the_person_in_time(muted, reported):
    outsider = a_member("Lin Wei")
    assert refused(make_appeal, muted, outsider, WORDS) == "not_yours"
    assert refused(make_appeal, muted, reported, "  no ") == "words_missing"
    made = make_appeal(muted, reported, WORDS)
    assert (made.state, made.imposed_by) == (AppealState.OPEN, muted.by)
    assert refused(make_appeal, muted, reported, WORDS) == "twice"
    assert Appeal.objects.count() == 1


def test_after_the_deadline_it_is_too_late(muted, reported):
    Sanction.objects.filter(pk=muted.pk).update(appeal_until=timezone.now())
    muted.refresh_from_db()
    assert refused(make_appeal, muted, reported, WORDS) == "too_late"


def test_whoever_imposed_it_does_not_decide_in_the_service_nor_in_the_database(muted, staff, reported):
    made = make_appeal(muted, reported, WORDS)
    assert refused(decide_appeal, made, AppealState.UPHELD, by=staff, reasons=REASONS) == "own"
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=made.pk).update(
            state="upheld", decided_by=staff, decided_at=timezone.now(), reasons=REASONS
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=made.pk).update(state="upheld", decided_at=timezone.now())
    assert refused(decide_appeal, made, AppealState.UPHELD, by=reported, reasons=REASONS) == "own"


def test_who_reported_it_from_a_page_neither_imposes_nor_decides(staff, senior, reported):
    about = About(kind=ReportKind.PROFILE, target_user=reported, snapshot={"name": reported.name})
    first = make_report(Reporter(user=a_member()), about, category=ReportCategory.HATE, line="")
    make_report(Reporter(user=senior), about, category=ReportCategory.HATE, line="")  # is gathered with the first
    assert refused(impose, reported, "mute", rule=2, facts="Shouted at Lin Wei.", by=senior, report=first) == "partial"
    imposed = impose(reported, "mute", rule=2, facts="Shouted at Lin Wei.", by=staff, report=first)
    made = make_appeal(imposed, reported, WORDS)
    assert refused(decide_appeal, made, AppealState.UPHELD, by=senior, reasons=REASONS) == "own"
    decide_appeal(made, AppealState.UPHELD, by=a_member(is_staff=True), reasons=REASONS)


def test_upheld_it_stands_and_the_person_reads_why(muted, senior, reported):
    made = make_appeal(muted, reported, WORDS)
    assert refused(decide_appeal, made, AppealState.UPHELD, by=senior, reasons="no") == "reasons_missing"
    decide_appeal(made, AppealState.UPHELD, by=senior, reasons=REASONS)
    muted.refresh_from_db()
    assert muted.holds()
    assert refused(decide_appeal, made, AppealState.OVERTURNED, by=senior, reasons=REASONS) == "decided"
    outbox.send_due()
    (told,) = [message for message in mail.outbox if REASONS in message.body]
    assert told.to == [reported.email]
    entry = AuditEntry.objects.get(act="appeal.upheld")
    assert (entry.actor, entry.target) == (senior.public_id, made.public_id)


def test_overturned_it_is_lifted_with_its_strike_and_what_it_cost_the_sponsor(muted, senior, reported):
    sponsor = reported.sponsor
    after = quota.balance(sponsor)
    made = make_appeal(muted, reported, WORDS)
    assert strikes_of(reported).total == 2
    decide_appeal(made, AppealState.OVERTURNED, by=senior, reasons=REASONS)
    muted.refresh_from_db()
    assert (muted.overturned, muted.holds(), muted.lifted_by) == (True, False, senior)
    assert strikes_of(reported).total == 0
    assert quota.balance(sponsor) == after + 2


def test_of_what_is_over_only_the_strike_goes(muted, senior, reported):
    lift(muted, by=senior, reason="Enough")
    made = make_appeal(muted, reported, WORDS)
    decide_appeal(made, AppealState.OVERTURNED, by=senior, reasons=REASONS)
    assert strikes_of(reported).total == 0


def test_shortened_it_ends_sooner(muted, senior, reported):
    made = make_appeal(muted, reported, WORDS)
    later, sooner = (timezone.now() + timedelta(days=days) for days in (90, 3))
    assert refused(decide_appeal, made, AppealState.SHORTENED, by=senior, reasons=REASONS) == "until_missing"
    assert refused(decide_appeal, made, AppealState.SHORTENED, by=senior, reasons=REASONS, until=later) == "until_later"
    made.refresh_from_db()
    assert made.state == AppealState.OPEN  # nothing of it was done
    decide_appeal(made, AppealState.SHORTENED, by=senior, reasons=REASONS, until=sooner)
    muted.refresh_from_db()
    assert muted.until == sooner
    assert strikes_of(reported).total == 2


def test_how_appeals_went_is_counted(staff, senior):
    outcomes = [AppealState.UPHELD, AppealState.OVERTURNED, AppealState.OVERTURNED, AppealState.OPEN]
    for outcome in outcomes:
        person = a_member()
        sanction = impose(person, "warn", rule=1, facts="Passed for somebody else.", by=staff)
        made = make_appeal(sanction, person, WORDS)
        if outcome is not AppealState.OPEN:
            decide_appeal(made, outcome, by=senior, reasons=REASONS)
    impose(a_member(), "mute", rule=1, facts="Passed for somebody else.", by=staff)
    numbers = appeal_numbers()
    assert (numbers.sanctions, numbers.appealed, numbers.waiting, numbers.decided) == (5, 4, 1, 3)
    assert (numbers.overturned, numbers.overturned_percent) == (2, 67)
    assert numbers.answered_in is not None
    assert appeal_numbers(last=timezone.now() - timedelta(days=1)).sanctions == 0
    assert appeal_numbers(kind="mute").overturned_share is None
