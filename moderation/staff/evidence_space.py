"""What staff are told of the space that is left for sealed evidence."""

from django.utils.translation import gettext as _

from accounts.models import User
from moderation.services.evidence_space import space


def space_words(viewer: User) -> str:
    """That little or none is left, and what follows; nothing while there is enough, or to who has nothing to do with it."""
    if not viewer.has_perm("moderation.view_evidence"):
        return ""
    now = space()
    if not now.is_low:
        return ""
    taken = _("Sealed evidence takes %(used)d of %(most)d MB.") % {"used": now.used // 10**6, "most": now.most // 10**6}
    if now.used >= now.most:
        follows = _("Nothing that is reported is sealed any more.")
    elif now.used >= now.open_to_all:
        follows = _("What is left is for reports about danger only: nothing else is sealed.")
    else:
        limit = {"megabytes": now.open_to_all // 10**6}
        follows = _("From %(megabytes)d MB on, reports about danger only have sound sealed.") % limit
    remedy = _("Whoever runs this MiTalk can give it more space (MITALK_EVIDENCE_MOST_MEGABYTES).")
    return f"{taken} {follows} {remedy}"
