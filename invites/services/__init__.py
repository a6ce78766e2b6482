"""The only writers of invites."""

from invites.services.issuing import (
    INVITATION,
    MOST_SENDS,
    REMINDER,
    create_invite,
    expire_invites,
    field_of,
    forget_used_phones,
    invite_somebody,
    remind,
    renew,
    revoke,
    send,
    usual_expiry,
)
from invites.services.redeeming import demand_open, find, find_by_hash, find_redeemable, give_back, redeem

__all__ = [
    "INVITATION",
    "MOST_SENDS",
    "REMINDER",
    "create_invite",
    "demand_open",
    "expire_invites",
    "field_of",
    "find",
    "find_by_hash",
    "find_redeemable",
    "forget_used_phones",
    "give_back",
    "invite_somebody",
    "redeem",
    "remind",
    "renew",
    "revoke",
    "send",
    "usual_expiry",
]
