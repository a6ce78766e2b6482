"""How people get in."""

from invites.models.application import (
    OPEN_STATES,
    Application,
    ApplicationState,
    ReplyKind,
    ReplyTemplate,
    Vouch,
)
from invites.models.branch import Branch, BranchMeasure, BranchMember, MeasureKind
from invites.models.invite import MOST_SEATS, Invite, InviteQuerySet, InviteState, Redemption
from invites.models.quota import QuotaEntry, QuotaReason
from invites.models.refusal import NeverInvite

__all__ = [
    "MOST_SEATS",
    "OPEN_STATES",
    "Application",
    "ApplicationState",
    "Branch",
    "BranchMeasure",
    "BranchMember",
    "Invite",
    "InviteQuerySet",
    "InviteState",
    "MeasureKind",
    "NeverInvite",
    "QuotaEntry",
    "QuotaReason",
    "Redemption",
    "ReplyKind",
    "ReplyTemplate",
    "Vouch",
]
