"""What moderation keeps about a person: see accounts.own_data.registry."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.hooks import Delay
from accounts.models import User
from accounts.own_data.leaving import pending_deletion
from accounts.own_data.registry import Erasure, Link, Subject, by_account, declare
from accounts.personal_data import CONFIDENCE
from moderation.models import Evidence, Report


def register() -> None:
    """Declare it."""
    declare(
        Link(
            model="moderation.Report",
            field="reporter",
            find=by_account("reporter__user"),
            title=_("What you reported"),
            columns=("at", "room=room__title", "category", "line"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Report",
            field="target",
            find=by_account("target__user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"message": "", "target_user": None},
        ),
        Link(
            model="moderation.Report",
            field="target_user",
            find=by_account("target_user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"message": ""},
        ),
        Link(
            model="moderation.Report",
            field="stage",
            find=_on_stage,
            withheld=CONFIDENCE,
            erasure=Erasure.KEEP,
            why=_(
                "That somebody with a random id was on a stage when something was reported: without a way to a name."
            ),
            until=_("as long as the report is kept"),
        ),
        Link(
            model="moderation.Evidence",
            field="voices",
            find=_heard,
            withheld=CONFIDENCE,
            erasure=Erasure.KEEP,
            why=_("What was said on a stage around a report, encrypted, with random ids: until it is destroyed."),
            until=_("30 days from the report, unless this MiTalk says otherwise"),
        ),
        Link(
            model="moderation.EvidenceOpening",
            field="by",
            find=by_account("by"),
            title=_("Evidence that you opened"),
            columns=("at", "evidence=evidence__public_id", "reason"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.EvidenceOpening",
            field="agreed_by",
            find=by_account("agreed_by"),
            title=_("Evidence whose opening you agreed to"),
            columns=("at", "evidence=evidence__public_id", "reason"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Flag",
            field="user",
            find=by_account("user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"excerpt": ""},
        ),
        Link(
            model="moderation.Flag",
            field="participant",
            find=by_account("participant__user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"excerpt": ""},
        ),
        Link(
            model="moderation.Flag",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Flags that you decided"),
            columns=("at", "where", "because", "state", "decided_at"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Term",
            field="changed_by",
            find=by_account("changed_by"),
            title=_("Terms that you changed last"),
            columns=("changed_at", "language", "pattern", "outcome"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.HeldText",
            field="user",
            find=by_account("user"),
            title=_("What you wrote that waited for staff"),
            columns=("at", "where", "text", "state", "decided_at", "reason"),
            erasure=Erasure.DETACH,
            empties={"text": "", "before": ""},
        ),
        Link(
            model="moderation.HeldText",
            field="participant",
            find=by_account("participant__user"),
            title=_("What you wrote in rooms that waited for staff"),
            columns=("at", "where", "text", "state", "decided_at", "reason"),
            erasure=Erasure.DETACH,
            empties={"text": "", "before": ""},
        ),
        Link(
            model="moderation.HeldText",
            field="target",
            find=_waits_for,
            withheld=_("It is exported as what you wrote."),
            erasure=Erasure.DETACH,
            empties={"text": "", "before": ""},
        ),
        Link(
            model="moderation.HeldText",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Texts that you decided on"),
            columns=("at", "where", "state", "decided_at", "reason"),
            erasure=Erasure.DETACH,
        ),
    )


def _waits_for(subject: Subject) -> Q:
    """What is to stand in their profile, or is a topic of theirs."""
    return Q(target=subject.public_id) | Q(target__startswith=f"{subject.public_id}.")


def _heard(subject: Subject) -> Q:
    """Evidence of rooms in which their voice was heard."""
    places = subject.user.participations.values_list("public_id", "room_id")
    found = [
        evidence.pk
        for public_id, room in places
        for evidence in Evidence.objects.filter(room=room).only("voices")
        if public_id in evidence.voices
    ]
    return Q(pk__in=found)


def _on_stage(subject: Subject) -> Q:
    """Reports of rooms in which they were on stage then. Their places are gone when the rooms' part was erased, and with them
    the way from the id to anybody."""
    places = subject.user.participations.values_list("public_id", "room_id")
    found = [
        report.pk
        for public_id, room in places
        for report in Report.objects.filter(room=room).only("stage")
        if any(seat.get("person") == public_id for seat in report.stage)
    ]
    return Q(pk__in=found)


def open_reports_delay(user: User) -> Delay | None:
    """Reports about somebody hold the erasure of their account until they had time to be decided. Those that come when it
    should be over do not: nobody keeps an account from its end by reporting it again and again."""
    kept = timedelta(days=settings.REPORT_HOLDS_DAYS)
    about = Q(target_user=user) | Q(target__user=user)
    deletion = pending_deletion(user)
    if deletion is not None:
        about &= Q(at__lte=deletion.requested_at + timedelta(days=settings.DELETION_DAYS))
    latest = Report.objects.filter(about, at__gt=timezone.now() - kept).order_by("-at").first()
    if latest is None:
        return None
    words = _("something that concerns you was reported and is being looked into")
    return Delay("open_report", words, latest.at + kept)
