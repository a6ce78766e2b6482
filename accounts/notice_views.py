"""What one is told, and by what; and an end to it from within a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import notices
from accounts.error_pages import error_page
from accounts.middleware import consent_optional
from accounts.notices import Via
from accounts.requests import MemberRequest
from accounts.wording import VIAS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choose(request: MemberRequest) -> HttpResponse:
    """One page for all of it."""
    reachable = notices.channels_of(request.user)
    chosen = notices.choices_of(request.user)
    if request.method == "POST":
        for kind in notices.kinds():
            for via in _offered(kind, reachable):
                notices.choose(request.user, kind.name, via, is_wanted=_field(kind, via) in request.POST)
        messages.success(request, _("It will be so."))
        return redirect("accounts:notices")
    rows = [
        {
            "kind": kind,
            "ways": [
                {
                    "field": _field(kind, via),
                    "label": VIAS[via],
                    "is_on": kind.always or chosen.get((kind.name, via.value), notices.is_default(kind, via)),
                }
                for via in _offered(kind, reachable)
            ],
        }
        for kind in notices.kinds()
        if kind.channels
    ]
    return render(request, "accounts/notices.html", {"rows": rows, "has_phone": Via.SMS in reachable})


def _offered(kind: notices.Kind, reachable: tuple[Via, ...]) -> list[Via]:
    return [via for via in kind.channels if via in reachable]


def _field(kind: notices.Kind, via: Via) -> str:
    return f"{kind.name}.{via.value}"


@csrf_exempt  # the token is the authority; mail programs post it in one tap (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@consent_optional
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind “no more of these” in a mail. Opening it changes nothing; it needs no session."""
    found = notices.of_token(token)
    if found is None:
        return error_page(
            request,
            status=404,
            code="notice_unknown",
            title=_("We do not know this link"),
            advice=_("Open it from the original message, or copy it whole."),
        )
    user, kind = found
    if request.method == "POST":
        notices.choose(user, kind.name, Via.EMAIL, is_wanted=False)
    context = {"kind": kind, "token": token, "is_done": request.method == "POST"}
    return render(request, "accounts/stop_notices.html", context)
