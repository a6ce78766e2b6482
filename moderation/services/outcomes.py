"""Whoever reported something is told what became of it: once for each case, and nothing that is another's business."""

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import contacts, notices, outbox
from accounts.models import User
from accounts.notices import Kind, Via
from accounts.writing import absolute, language_of
from moderation.models import Case, Outcome, Report

DECIDED = "report_decided"

# Whether words were had or more was done is between us and whom it concerns.
_ACTED = _("We found that the community rules were not kept, and have done something about it.")
WORDS = {
    Outcome.NOTHING_FOUND.value: _("We looked into it, and found nothing against the community rules."),
    Outcome.WARNED.value: _ACTED,
    Outcome.ACTED.value: _ACTED,
    Outcome.NOT_ENOUGH.value: _("We looked into it, and could not tell for certain what happened."),
}


def register_notices() -> None:
    """Declare what is written to reporters."""
    notices.register(
        Kind(
            DECIDED,
            _("What you reported was decided"),
            _("Once for each, when MiTalk’s staff have looked into it."),
            (Via.EMAIL, Via.PUSH),
        )
    )


def tell_reporters(case: Case) -> None:
    """Write to everybody who reported it and has an account."""
    told: set[int] = set()
    for report in case.reports.select_related("reporter_user__profile").order_by("at"):
        reporter = report.reporter_user
        if reporter is not None and reporter.pk not in told:
            told.add(reporter.pk)
            _tell(reporter, report, case)


def _tell(reporter: User, report: Report, case: Case) -> None:
    if not reporter.is_active or reporter.is_demo or not notices.wants(reporter, DECIDED):
        return
    with translation.override(language_of(reporter)):
        day = date_format(localtime(report.at), "DATE_FORMAT")
        lines = [
            gettext("You reported something on %(day)s. Thank you: that is how rooms stay fit to be in.")
            % {"day": day},
            str(WORDS[case.outcome]),
            gettext("What else was said and done we do not tell: it concerns somebody else."),
            gettext("Your reports: %(link)s") % {"link": absolute(reverse("moderation:mine"))},
            gettext("No more of these: %(link)s") % {"link": notices.stop_link(reporter, DECIDED)},
        ]
        outbox.post(
            contacts.email(reporter.email),
            kind=DECIDED,
            occasion=case.public_id,
            subject=gettext("What you reported was decided"),
            text="\n\n".join(lines) + "\n",
            headers=notices.headers_for(reporter, DECIDED),
        )
