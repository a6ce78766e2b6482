"""What moderation keeps about a person: see accounts.own_data.registry."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.hooks import Delay
from accounts.models import User
from accounts.own_data.leaving import pending_deletion
from accounts.own_data.registry import Erasure, Link, Subject, by_account, declare, not_personal
from accounts.personal_data import CONFIDENCE
from moderation.models import Appeal, CaseState, Evidence, Report, ReportKind


def register() -> None:
    """Declare it."""
    declare(
        Link(
            model="moderation.Report",
            field="reporter",
            find=by_account("reporter__user"),
            withheld=_("It stands under “What you reported”."),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Report",
            field="reporter_user",
            find=by_account("reporter_user"),
            title=_("What you reported"),
            columns=("at", "kind", "room=room__title", "topic=topic__name", "category", "line", "state=case__state"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Report",
            field="room",
            aspect="host",
            find=by_account("room__host"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            erase=_forget_what_their_rooms_said,
        ),
        Link(
            model="moderation.Report",
            field="target",
            find=by_account("target__user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"message": "", "snapshot": {}, "target_user": None},
        ),
        Link(
            model="moderation.Report",
            field="target_user",
            find=by_account("target_user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"message": "", "snapshot": {}},
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
            model="moderation.Case",
            field="target",
            find=by_account("target__user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"reason": "", "target_user": None},
        ),
        Link(
            model="moderation.Case",
            field="target_user",
            find=by_account("target_user"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            empties={"reason": ""},
        ),
        Link(
            model="moderation.Case",
            field="taken_by",
            find=by_account("taken_by"),
            title=_("Cases that you looked at"),
            columns=("taken_at", "case=public_id", "category", "state"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Case",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Cases that you decided"),
            columns=("decided_at", "case=public_id", "category", "outcome", "reason"),
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
            model="moderation.Appeal",
            field="words",
            find=by_account("sanction__user"),
            title=_("Your appeals"),
            columns=("at", "words", "state", "decided_at", "reasons"),
            erasure=Erasure.DETACH,
            erase=_erase_words_of_appeals,
        ),
        Link(
            model="moderation.Appeal",
            field="imposed_by",
            find=by_account("imposed_by"),
            title=_("Appeals against what you decided"),
            columns=("at", "state", "decided_at"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Appeal",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Appeals that you decided"),
            columns=("at", "state", "decided_at", "reasons"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Sanction",
            field="user",
            find=by_account("user"),
            title=_("What staff decided about you"),
            columns=(
                *("at", "kind", "rule", "rules_version", "facts", "room=room__title", "seconds_in", "until", "decider"),
                *("appeal_until", "ended_at", "lifted_at", "overturned"),
            ),
            erasure=Erasure.DETACH,
            empties={"facts": "", "lift_reason": ""},
        ),
        Link(
            model="moderation.Sanction",
            field="by",
            find=by_account("by"),
            title=_("Sanctions that you imposed"),
            columns=("at", "kind", "rule", "until"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="moderation.Sanction",
            field="lifted_by",
            find=by_account("lifted_by"),
            title=_("Sanctions that you lifted"),
            columns=("lifted_at", "kind", "lift_reason"),
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
    not_personal(
        moderation__Report__guest_key="Of guests, who have no account.",
        moderation__Report__network="Of guests, who have no account.",
    )


def _erase_words_of_appeals(subject: Subject) -> None:
    """What they wrote, and what was answered about them: that there was an appeal, and how it went, is counted."""
    theirs = Appeal.objects.filter(sanction__user=subject.user)
    theirs.update(words="")
    theirs.exclude(reasons="").update(reasons="…")


def _waits_for(subject: Subject) -> Q:
    """What is to stand in their profile, or is a topic of theirs."""
    return Q(target=subject.public_id) | Q(target__startswith=f"{subject.public_id}.")


def _heard(subject: Subject) -> Q:
    """Evidence of rooms in which their voice was heard."""
    theirs = Evidence.objects.filter(room__participants__user=subject.user)
    rows = theirs.values_list("pk", "voices", "room__participants__public_id")
    return Q(pk__in=[pk for pk, voices, place in rows if place in voices])


def _on_stage(subject: Subject) -> Q:
    """Reports of rooms in which they were on stage then. Their places are gone when the rooms' part was erased, and with them
    the way from the id to anybody."""
    theirs = Report.objects.filter(room__participants__user=subject.user)
    rows = theirs.values_list("pk", "stage", "room__participants__public_id")
    return Q(pk__in=[pk for pk, stage, place in rows if any(seat.get("person") == place for seat in stage)])


def _forget_what_their_rooms_said(subject: Subject) -> None:
    """A room that was hosted by somebody keeps its title; what it said of itself goes, also where it was reported."""
    Report.objects.filter(room__host=subject.user, kind=ReportKind.ROOM).update(snapshot={})


def open_reports_delay(user: User) -> Delay | None:
    """Reports about somebody hold the erasure of their account until they had time to be decided. Those that come when it
    should be over do not: nobody keeps an account from its end by reporting it again and again."""
    kept = timedelta(days=settings.REPORT_HOLDS_DAYS)
    about = Q(target_user=user) | Q(target__user=user)
    deletion = pending_deletion(user)
    if deletion is not None:
        about &= Q(at__lte=deletion.requested_at + timedelta(days=settings.DELETION_DAYS))
    undecided = Report.objects.exclude(case__state=CaseState.DECIDED)
    latest = undecided.filter(about, at__gt=timezone.now() - kept).order_by("-at").first()
    if latest is None:
        return None
    words = _("something that concerns you was reported and is being looked into")
    return Delay("open_report", words, latest.at + kept)
