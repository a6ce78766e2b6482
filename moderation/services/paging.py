"""Something urgent was reported: staff are paged at once, and again until one of them takes it. A page says which kind it is
and where it stands, never what was said."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from kombu.exceptions import OperationalError

from accounts import clock, contacts, outbox
from accounts.models import User
from accounts.own_phones import phone_of
from accounts.writing import absolute, language_of
from moderation.models import Case, CaseState
from moderation.partiality import is_partial

logger = logging.getLogger(__name__)

KIND = "staff_page"
BE_PAGED = "be_paged"


def page_if_urgent(case: Case) -> None:
    """Page staff, if they were not for this case, and whoever reported it is not known for crying wolf.

    Call it in a transaction.
    """
    if case.is_urgent and case.weight >= 1 and case.state == CaseState.OPEN and case.paged_at is None:
        _page(case, clock.now())


def page_again(now: datetime | None = None) -> int:
    """Page once more for what was paged for a while ago and nobody has taken. How many cases."""
    now = now or clock.now()
    before = now - timedelta(minutes=settings.MITALK_PAGE_AGAIN_MINUTES)
    waiting = Case.objects.filter(state=CaseState.OPEN, is_urgent=True, paged_at__lt=before)
    return sum(_page(case, now) for case in waiting)


@transaction.atomic
def _page(case: Case, now: datetime) -> bool:
    # One conditional update: of two beats, one changes the row.
    mine = Case.objects.filter(pk=case.pk, state=CaseState.OPEN, paged_at=case.paged_at)
    if not mine.update(paged_at=now, pages=F("pages") + 1):
        return False
    case.refresh_from_db(fields=["paged_at", "pages"])
    for member in whom_to_page(case):
        _tell(member, case, now)
    if settings.MITALK_PAGE_WEBHOOK:
        transaction.on_commit(lambda: _nudge(case.public_id, case.pages))
    return True


def whom_to_page(case: Case) -> list[User]:
    """Staff who are to be paged, but not who has a part in it; if there is nobody, the superusers."""
    staff = User.objects.filter(is_active=True, is_staff=True, is_demo=False).select_related("profile")
    permission = Permission.objects.filter(content_type__app_label="moderation", codename=BE_PAGED)
    named = staff.filter(Q(user_permissions__in=permission) | Q(groups__permissions__in=permission)).distinct()
    found = [member for member in named if not is_partial(case, member)]
    return found or [member for member in staff.filter(is_superuser=True) if not is_partial(case, member)]


def _tell(member: User, case: Case, now: datetime) -> None:
    with translation.override(language_of(member)):
        about = {"category": case.get_category_display(), "link": link_to(case)}
        text = gettext("Urgent report on MiTalk: %(category)s. Take it: %(link)s") % about
        subject = gettext("Urgent report: %(category)s") % about
    phone = phone_of(member)
    for contact in [contacts.email(member.email), *([phone] if phone else [])]:
        outbox.post(
            contact,
            kind=KIND,
            occasion=f"{case.public_id} {case.pages}",
            subject=subject,
            text=f"{text}\n",
            good_until=now + timedelta(minutes=settings.MITALK_PAGE_AGAIN_MINUTES),
        )


def link_to(case: Case) -> str:
    """A case's page, for staff."""
    return absolute(reverse("admin:moderation_case_change", args=[case.pk]))


def _nudge(case: str, number: int) -> None:
    from moderation.tasks import call_webhook

    try:
        call_webhook.apply_async((case, number), retry=False)
    except (OperationalError, OSError):
        logger.warning("The jobs cannot be reached: the webhook is called when staff are paged again.")
