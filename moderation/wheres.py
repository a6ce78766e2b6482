"""Where things are written or said, by stable names, as staff and writers read it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHERES: dict[str, str | Promise] = {
    "profile.name": _("name"),
    "profile.headline": _("headline"),
    "profile.organisation": _("organisation"),
    "profile.bio": _("about oneself"),
    "profile.expertise": _("expertise"),
    "profile.links": _("links of a profile"),
    "room.title": _("title of a room"),
    "room.description": _("description of a room"),
    "topic.name": _("name of a topic"),
    "chat": _("chat"),
    "question": _("question"),
    "hand.line": _("line of a raised hand"),
    "link.title": _("title of a pinned link"),
    "application.name": _("name in an application"),
    "application.occupation": _("occupation in an application"),
    "application.why": _("reasons in an application"),
    "application.vouchers": _("vouchers in an application"),
    "application.answer": _("answer of an applicant"),
    "vouch.words": _("words of a voucher"),
    "invite.note": _("note of an invitation"),
    "stage": _("said on stage"),
    "room.risk": _("signals of a room"),
}


def name_of(where: str) -> str:
    """In words; the stable name of one that is not known here."""
    return str(WHERES.get(where, where))
