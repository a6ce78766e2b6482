"""The queue of claims, for staff: to look at, ask back, approve, decline and revoke, one by one or many at once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import converters as _converters  # noqa: F401 - registers <row:…>
from accounts.claim_models import (
    OPEN_STATES,
    Claim,
    ClaimDocument,
    ClaimKind,
    ClaimReplyKind,
    ClaimReplyTemplate,
    ClaimState,
)
from accounts.claims import deciding
from accounts.claims.uploads import ENDINGS
from accounts.reply_forms import RepliesForm
from accounts.requests import MemberRequest
from accounts.sealing import CLAIM, Unreadable, unseal

MOST_AT_ONCE = 100
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
_TITLES = {
    ClaimReplyKind.APPROVE: _("Approve"),
    ClaimReplyKind.ASK: _("Ask back"),
    ClaimReplyKind.DECLINE: _("Decline"),
    ClaimReplyKind.REVOKE: _("Revoke"),
}


class QueueFilter(admin.SimpleListFilter):
    """What is to be decided, unless something else is asked for."""

    title = _("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Beside the queue: what is shown, what expired, all."""
        return [("shown", _("Shown now")), ("expired", _("Expired")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        """The queue comes first, and is the default."""
        for choice in super().choices(changelist):
            yield {**choice, "display": _("To decide")} if choice["query_string"] == "?" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those."""
        match self.value():
            case "shown":
                return queryset.filter(state=ClaimState.VERIFIED, expires_at__gt=timezone.now())
            case "expired":
                return queryset.filter(state=ClaimState.VERIFIED, expires_at__lte=timezone.now())
            case "all":
                return queryset
        # Whoever asks for one state means that, also where it is decided.
        return queryset if "state__exact" in request.GET else queryset.filter(state__in=OPEN_STATES)


class ReplyForm(RepliesForm):
    """What is answered about all that were chosen; what is approved is shown until a day."""

    expires_on = forms.DateField(
        label=_("Shown until"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("Empty: as long as its kind holds, a licence until its own date."),
    )
    field_order = ("expires_on",)

    def __init__(self, *args: Any, kind: ClaimReplyKind, **kwargs: Any) -> None:
        super().__init__(
            *args,
            templates=ClaimReplyTemplate.objects.filter(kind=kind),
            may_be_silent=kind == ClaimReplyKind.APPROVE,
            needs_reason=kind in (ClaimReplyKind.DECLINE, ClaimReplyKind.REVOKE),
            **kwargs,
        )
        if kind != ClaimReplyKind.APPROVE:
            del self.fields["expires_on"]

    def clean_expires_on(self) -> date | None:
        """A day to come, within five years."""
        found = self.cleaned_data["expires_on"]
        today = timezone.now().date()
        if found is not None and not today < found <= today + deciding.LONGEST:
            raise ValidationError(_("Choose a day from tomorrow on, within five years."), code="claim_expiry")
        return found


@admin.register(Claim)
class ClaimAdmin(admin.ModelAdmin):
    """Rows that only the services write. Whoever may review claims decides, and opens documents; each opening is written
    down."""

    list_display = ("about", "kind", "whose", "state", "has_document", "good_until", "made_at", "expires_at")
    list_filter = (QueueFilter, "kind", "state", "document_kind", "language")
    list_select_related = ("user__profile", "document")
    search_fields = ("about", "jurisdiction", "user__email", "user__profile__name", "user__public_id", "public_id")
    ordering = ("made_at", "pk")
    actions = ("approve", "ask", "decline", "revoke")
    change_form_template = "admin/accounts/claim/change_form.html"
    change_list_template = "admin/accounts/claim/change_list.html"
    fields = (
        *("whose", "kind", "document_kind", "about", "jurisdiction", "number", "good_until", "note", "file"),
        *("state", "state_at", "made_at", "verified_at", "expires_at", "replaces", "language"),
        *("question", "answer", "decided_by", "reason", "public_id"),
    )
    readonly_fields = fields

    # --- who may ---------------------------------------------------------------------------------------------------

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Whoever may decide, and see what is to be decided on."""
        return request.user.has_perm("accounts.review_claim")

    def has_view_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        """They look, of course."""
        return self.has_review_permission(request) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """And find the way."""
        return self.has_review_permission(request) or super().has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members claim."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        """By deciding only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        """Rows are the history."""
        return False

    # --- what is shown ---------------------------------------------------------------------------------------------

    @admin.display(description=_("whose"), ordering="user__profile__name")
    def whose(self, claim: Claim) -> str:
        """A person."""
        return claim.user.name or claim.user.email

    @admin.display(description=_("document"), boolean=True)
    def has_document(self, claim: Claim) -> bool:
        """Whether there is one."""
        return _document(claim) is not None

    @admin.display(description=_("document"))
    def file(self, claim: Claim) -> str:
        """What there is; the page's own button opens it."""
        document = _document(claim)
        if document is None:
            return "–"
        return f"{ENDINGS[document.media_type].upper()}, {filesizeformat(document.size)}"

    @admin.display(description=_("number"))
    def number(self, claim: Claim) -> str:
        """A licence's, to be looked up in its register."""
        if claim.kind != ClaimKind.LICENCE or not claim.sealed:
            return "–"
        try:
            return unseal(claim.sealed, purpose=CLAIM)
        except Unreadable:
            return "?"

    def get_fields(self, request: HttpRequest, obj: Claim | None = None) -> Any:
        """Numbers are for those who look them up."""
        return [name for name in self.fields if name != "number" or self.has_review_permission(request)]

    # --- deciding --------------------------------------------------------------------------------------------------

    @admin.action(description=_("Approve the selected claims …"), permissions=["review"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        """To the page where the answer is written."""
        return _to_reply(ClaimReplyKind.APPROVE, queryset)

    @admin.action(description=_("Ask about the selected claims …"), permissions=["review"])
    def ask(self, request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        """To the page where the question is written."""
        return _to_reply(ClaimReplyKind.ASK, queryset)

    @admin.action(description=_("Decline the selected claims …"), permissions=["review"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        """To the page where the answer is written."""
        return _to_reply(ClaimReplyKind.DECLINE, queryset)

    @admin.action(description=_("Revoke the selected claims …"), permissions=["review"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Claim]) -> HttpResponse:
        """To the page where the reason is written."""
        return _to_reply(ClaimReplyKind.REVOKE, queryset)

    def get_urls(self) -> list[URLPattern]:
        """Beside the admin's own: to answer, and to open a document."""
        view = self.admin_site.admin_view
        own = [
            path("reply/<str:kind>/", view(self.reply_view), name="accounts_claim_reply"),
            path("<row:pk>/document/", view(self.document_view), name="accounts_claim_document"),
        ]
        return own + super().get_urls()

    def reply_view(self, request: MemberRequest, kind: str) -> HttpResponse:
        """Answer those that were chosen."""
        if kind not in ClaimReplyKind.values:
            raise Http404
        if not self.has_review_permission(request):
            raise PermissionDenied
        chosen = _chosen(request)
        form = ReplyForm(request.POST or None, kind=ClaimReplyKind(kind))
        if request.method == "POST" and form.is_valid():
            _reply(request, ClaimReplyKind(kind), chosen, form.cleaned_data)
            return redirect("admin:accounts_claim_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _TITLES[ClaimReplyKind(kind)],
            "opts": self.model._meta,
            "form": form,
            "media": self.media + form.media,
            "claims": chosen,
            "templates": list(ClaimReplyTemplate.objects.filter(kind=kind)),
        }
        return TemplateResponse(request, "admin/accounts/claim/reply.html", context)

    def document_view(self, request: MemberRequest, pk: int) -> HttpResponse:
        """Hand out a document, never to be run: pictures, which we drew ourselves, may be looked at; a PDF is saved."""
        if not self.has_review_permission(request):
            raise PermissionDenied
        document = ClaimDocument.objects.filter(claim=pk).select_related("claim").first()
        if document is None or document.claim.user_id == request.user.pk:
            raise Http404
        try:
            content = deciding.open_document(document, by=request.user)
        except (FileNotFoundError, Unreadable) as error:
            raise Http404 from error
        response = HttpResponse(content, content_type=document.media_type)
        name = f"claim-{document.claim.public_id}.{ENDINGS[document.media_type]}"
        how = "attachment" if document.media_type == "application/pdf" else "inline"
        response["Content-Disposition"] = f'{how}; filename="{name}"'
        response["Content-Security-Policy"] = _SANDBOX
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the answers, and the document, at hand."""
        found = self.get_object(request, object_id)
        acts = []
        if found is not None and self.has_review_permission(request) and found.user_id != request.user.pk:
            if _document(found) is not None:
                acts.append((_("Open the document"), reverse("admin:accounts_claim_document", args=[found.pk])))
            acts += [(_TITLES[kind], _reply_address(kind, [found.pk])) for kind in _open_to(found)]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})


def _document(claim: Claim) -> ClaimDocument | None:
    return getattr(claim, "document", None)


def _open_to(claim: Claim) -> list[ClaimReplyKind]:
    if claim.state == ClaimState.VERIFIED:
        return [ClaimReplyKind.REVOKE]
    if not claim.is_open:
        return []
    asks = [ClaimReplyKind.ASK] if claim.state == ClaimState.WAITING else []
    return [ClaimReplyKind.APPROVE, *asks, ClaimReplyKind.DECLINE]


def _to_reply(kind: ClaimReplyKind, queryset: QuerySet[Claim]) -> HttpResponse:
    return redirect(
        _reply_address(kind, queryset.order_by("made_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    )


def _reply_address(kind: ClaimReplyKind, pks: Any) -> str:
    address = reverse("admin:accounts_claim_reply", args=[kind.value])
    return f"{address}?{urlencode({'ids': ','.join(map(str, pks))})}"


def _chosen(request: HttpRequest) -> list[Claim]:
    ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19]
    found = Claim.objects.filter(pk__in=ids[:MOST_AT_ONCE]).select_related("user__profile")
    return list(found.order_by("made_at", "pk"))


def _reply(request: MemberRequest, kind: ClaimReplyKind, chosen: list[Claim], said: dict[str, Any]) -> None:
    done = sum(_one(request, kind, claim, said) for claim in chosen)
    answered = ngettext("%(count)d claim answered.", "%(count)d claims answered.", done) % {"count": done}
    messages.success(request, answered)
    if left := len(chosen) - done:
        not_open = ngettext(
            "%(count)d was not open to that, or is your own.", "%(count)d were not open to that, or are your own.", left
        )
        messages.warning(request, not_open % {"count": left})


def _one(request: MemberRequest, kind: ClaimReplyKind, claim: Claim, said: dict[str, Any]) -> bool:
    text = deciding.text_for(claim, said["template"], said["words"])
    words = {"by": request.user, "text": text, "reason": said["reason"]}
    match kind:
        case ClaimReplyKind.APPROVE:
            return deciding.approve(claim, expires_at=_end_of(said["expires_on"]), **words)
        case ClaimReplyKind.ASK:
            return deciding.ask(claim, **words)
        case ClaimReplyKind.DECLINE:
            return deciding.decline(claim, **words)
        case ClaimReplyKind.REVOKE:
            return deciding.revoke(claim, **words)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), UTC)


@admin.register(ClaimReplyTemplate)
class ClaimReplyTemplateAdmin(admin.ModelAdmin):
    """What staff write about claims, in three languages."""

    list_display = ("name", "kind")
    list_filter = ("kind",)
