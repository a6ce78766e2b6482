"""Tells an operator's own pager that something urgent was reported: kind and link, no content."""

import logging

import requests
from django.conf import settings

from moderation.models import Case, CaseState
from moderation.services.paging import link_to

logger = logging.getLogger(__name__)
_CONNECT_SECONDS, _READ_SECONDS = 3.0, 10.0


def call(public_id: str, number: int) -> bool:
    """POST it, unless somebody has taken the case by now, or it was paged for again since: that is told by itself. Whether it
    was taken; if not, the next page tries again."""
    case = Case.objects.filter(public_id=public_id, state=CaseState.OPEN, pages=number).first()
    if case is None or not settings.MITALK_PAGE_WEBHOOK:
        return False
    message = {"event": "urgent_report", "case": public_id, "category": case.category, "link": link_to(case)}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                settings.MITALK_PAGE_WEBHOOK,
                json={**message, "page": number},
                headers={"Idempotency-Key": f"{public_id}-{number}"},
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
            )
    except requests.RequestException as error:
        logger.warning("The webhook for pages does not answer (%s)", type(error).__name__)
        return False
    if not 200 <= answer.status_code < 300:
        logger.warning("The webhook for pages refused (%d)", answer.status_code)
    return 200 <= answer.status_code < 300
