"""Pages for whom a sanction, or too little trust, lets run no rooms."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.error_pages import error_page
from accounts.requests import MemberRequest
from rooms.domain.errors import Code, Refused
from rooms.domain.limits import Ability
from rooms.limits import limits_of
from rooms.wording import SENTENCES

View = Callable[..., HttpResponse]


def for_hosts(view: View) -> View:
    """Who may host nothing is told so before they fill in a form."""

    @wraps(view)
    def asked_first(request: MemberRequest, *args: object, **kwargs: object) -> HttpResponse:
        code = limits_of(request.user.pk).get(Ability.HOST)
        if code is not None:
            return _refused(request, code)
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:  # sanctioned at this moment
            if refusal.code not in (Code.SANCTIONED_HOSTING, Code.TRUST_HOST):
                raise
            return _refused(request, refusal.code)

    return asked_first


def _refused(request: MemberRequest, code: Code) -> HttpResponse:
    return error_page(
        request,
        status=403,
        code=code.value,
        title=_("You cannot host yet") if code is Code.TRUST_HOST else _("You cannot host"),
        advice=str(SENTENCES[code]),
        way=(reverse("moderation:standing"), _("Your standing")),
    )
