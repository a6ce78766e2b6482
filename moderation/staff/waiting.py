"""What waits for staff, and for how long: the first thing they see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.claim_models import ClaimState
from accounts.models import Claim, NameChange, User
from accounts.profile_models import NameState
from invites.models import Application, ApplicationState
from moderation.models import (
    NOT_DECIDED,
    Appeal,
    AppealState,
    Case,
    EvidenceOpening,
    Flag,
    FlagState,
    HeldState,
    HeldText,
)


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of thing that waits: which rows, since when each does, where they are worked on, and by whom."""

    title: Promise
    rows: Callable[[], QuerySet]
    since: str
    url_name: str
    query: str
    permission: str


QUEUES = (
    Queue(
        _("Urgent cases"),
        lambda: Case.objects.filter(state__in=NOT_DECIDED, is_urgent=True),
        "opened_at",
        "admin:moderation_case_changelist",
        "?is_urgent__exact=1",
        "moderation.decide_case",
    ),
    Queue(
        _("Cases"),
        lambda: Case.objects.filter(state__in=NOT_DECIDED, is_urgent=False),
        "opened_at",
        "admin:moderation_case_changelist",
        "",
        "moderation.decide_case",
    ),
    Queue(
        _("Appeals"),
        lambda: Appeal.objects.filter(state=AppealState.OPEN),
        "at",
        "admin:moderation_appeal_changelist",
        "",
        "moderation.decide_appeal",
    ),
    Queue(
        _("Texts that wait"),
        lambda: HeldText.objects.filter(state=HeldState.WAITING),
        "at",
        "admin:moderation_heldtext_changelist",
        "",
        "moderation.decide_heldtext",
    ),
    Queue(
        _("Flags"),
        lambda: Flag.objects.filter(state=FlagState.OPEN),
        "at",
        "admin:moderation_flag_changelist",
        "",
        "moderation.decide_flag",
    ),
    Queue(
        _("Evidence that a second of staff has to agree to"),
        lambda: EvidenceOpening.objects.filter(open_until=None, agreed_by=None, evidence__state="sealed"),
        "at",
        "admin:moderation_evidence_changelist",
        "",
        "moderation.open_evidence",
    ),
    Queue(
        _("Applications"),
        lambda: Application.objects.filter(state=ApplicationState.WAITING),
        "state_at",
        "admin:invites_application_changelist",
        "",
        "invites.change_application",
    ),
    Queue(
        _("Claims"),
        lambda: Claim.objects.filter(state=ClaimState.WAITING),
        "state_at",
        "admin:accounts_claim_changelist",
        "",
        "accounts.review_claim",
    ),
    Queue(
        _("Names that look like another’s"),
        lambda: NameChange.objects.filter(state=NameState.WAITING),
        "asked_at",
        "admin:accounts_namechange_changelist",
        "",
        "accounts.change_namechange",
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue as it is now. `oldest` is None when it is empty."""

    title: Promise
    url: str
    number: int
    oldest: datetime | None


def waiting_for(user: User) -> list[Waiting]:
    """The queues that somebody may work on, one question each."""
    found = []
    for queue in QUEUES:
        if user.has_perm(queue.permission):
            now = queue.rows().order_by().aggregate(number=Count("pk"), oldest=Min(queue.since))
            found.append(Waiting(queue.title, reverse(queue.url_name) + queue.query, now["number"], now["oldest"]))
    return found
