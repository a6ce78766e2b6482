"""Pages about one's own data: what one's account consists of, the export, and what one agreed to."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import account_page
from accounts.middleware import consent_optional
from accounts.models import Consent, DataExport, ExportState
from accounts.own_data import consents, documents, exports, registry
from accounts.own_data_forms import AgreementForm
from accounts.requests import MemberRequest, where_next

ASK_AGAIN_AFTER_SECONDS = 2


@login_required
@require_safe
@consent_optional
def account(request: MemberRequest) -> HttpResponse:
    """Everything that one can see and change about oneself, on one page."""
    return render(request, "accounts/account.html", {"entries": account_page.entries()})


# --- The export ---------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@consent_optional
@reauthentication_required(allow_get=True)
def data(request: MemberRequest) -> HttpResponse:
    """What is kept about oneself, and a file of it; POST has one made."""
    if request.method == "POST":
        return _ask_for_export(request)
    context = {"export": _shown(exports.latest(request.user)), **_what_is_kept()}
    return render(request, "accounts/own_data/data.html", context)


def _ask_for_export(request: MemberRequest) -> HttpResponse:
    if not ratelimit.consume(request, app="allauth.account", action="export", user=request.user):
        return ratelimit.respond_429(request)
    try:
        exports.request(request.user, get_language() or settings.LANGUAGE_CODE)
    except exports.TooManyExports:
        messages.warning(request, _("That is as often as one can have it in a day. Try again tomorrow."))
    return redirect("accounts:data")


def _what_is_kept() -> dict[str, Any]:
    return {"parts": [link.title for link in registry.links() if link.is_exported], "days": settings.EXPORT_DAYS}


def _shown(export: DataExport | None) -> dict[str, Any] | None:
    if export is None:
        return None
    is_good = export.state == ExportState.READY and export.expires_at is not None and export.expires_at > timezone.now()
    if export.state == ExportState.READY and not is_good:
        return None
    return {
        "row": export,
        "is_ready": is_good,
        "is_under_way": export.state in (ExportState.WAITING, ExportState.MAKING),
        "has_failed": export.state == ExportState.FAILED,
    }


@login_required
@require_safe
@never_cache
def export_progress(request: MemberRequest) -> HttpResponse:
    """How far the export is, for the page."""
    export = exports.latest(request.user)
    if export is None:
        raise Http404
    answer = {"state": export.state, "done": export.parts_done, "of": export.parts, "again_in": ASK_AGAIN_AFTER_SECONDS}
    return JsonResponse(answer)


@login_required
@require_safe
@never_cache
@consent_optional
@reauthentication_required
def download(request: MemberRequest, public_id: str) -> HttpResponse:
    """The file, for its owner only, who has just shown that it is them."""
    content = exports.read(request.user, public_id)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mitalk-{timezone.now():%Y-%m-%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- What one agreed to -------------------------------------------------------------------------------------------


@require_safe
@consent_optional
def show_document(request: HttpRequest, name: str, version: str = "") -> HttpResponse:
    """Terms, privacy notice or rules: as they hold, or as they were."""
    document = documents.find(name, version)
    if document is None:
        raise Http404
    return render(request, "accounts/own_data/document.html", {"document": document, "all": documents.current()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@consent_optional
def agreements(request: MemberRequest) -> HttpResponse:
    """What one agreed to; and what holds now, to be agreed to. It is no trap: export, deletion and sign-out are as near."""
    asked = consents.must_be_asked(request.user)
    form = AgreementForm(request.POST or None, asks_age=not consents.has_said_age(request.user))
    if request.method == "POST" and form.is_valid():
        consents.agree(request.user, age=settings.LEAST_AGE if "is_old_enough" in form.fields else None)
        return redirect(where_next(request, "accounts:agreements"))
    context = {
        "is_asked": asked,
        "form": form,
        "new": consents.missing(request.user),
        "next": request.GET.get("next", ""),
        "agreed": Consent.objects.filter(user=request.user).order_by("-at", "pk"),
        "titles": documents.TITLES,
    }
    return render(request, "accounts/own_data/agreements.html", context)
