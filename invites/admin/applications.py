"""The queue of those who ask to be let in, for staff."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import bans
from accounts.reply_forms import RepliesForm
from accounts.requests import MemberRequest
from invites.csv_files import BadFile
from invites.models import Application, ApplicationState, ReplyKind, ReplyTemplate, Vouch
from invites.services import waitlist
from invites.waitlist_files import MISTAKES, RowErrors, application_rows, as_csv
from rooms.admin import ReadOnlyAdmin

MOST_AT_ONCE = 200


class VouchedFilter(admin.SimpleListFilter):
    """Whether members answer for them."""

    title = _("vouched for")
    parameter_name = "vouched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those who are."""
        if self.value() in ("yes", "no"):
            return queryset.filter(vouches__isnull=self.value() == "no").distinct()
        return queryset


class ReachedByFilter(admin.SimpleListFilter):
    """By mail or by phone."""

    title = _("reached by")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Mail or phone."""
        return [("email", _("E-mail")), ("phone", _("Phone"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those who are."""
        match self.value():
            case "email":
                return queryset.exclude(email="")
            case "phone":
                return queryset.filter(email="")
        return queryset


class VouchInline(admin.TabularInline):
    """Who answers for them."""

    model = Vouch
    extra = 0
    can_delete = False
    fields = readonly_fields = ("member", "words", "at")

    def has_add_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """Members vouch themselves."""
        return False


class ReplyForm(RepliesForm):
    """What is answered to all that were chosen."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(
            *args,
            templates=ReplyTemplate.objects.filter(kind=kind),
            may_be_silent=kind == ReplyKind.APPROVE,
            needs_reason=kind == ReplyKind.DECLINE,
            **kwargs,
        )


class ImportForm(forms.Form):
    """A file of applications that staff bring along."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "UTF-8, with the columns name, contact, occupation, industry, why; region, vouchers, language if you like."
        ),
    )


class MarkedChangeList(ChangeList):
    """A page of applications, those marked that come from somebody who is kept out."""

    def get_results(self, request: HttpRequest) -> None:
        """With one question for the whole page."""
        super().get_results(request)
        mark(self.result_list)


def mark(applications: Iterable[Any]) -> None:
    """See which come from an address or phone that staff keep out."""
    contacts = {application.pk: application.contact for application in applications}
    bound = bans.bound_among(contact for contact in contacts.values() if contact)
    for application in applications:
        application.is_kept_out = contacts[application.pk] in bound


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Who asks to be let in: to read, ask back, approve and decline, one by one or many at once."""

    list_display = (
        "name",
        "occupation",
        "industry",
        "reached_at",
        "is_free",
        "state",
        "vouch_count",
        "language",
        "state_at",
    )
    list_filter = ("state", VouchedFilter, ReachedByFilter, "industry", "language", "is_imported")
    list_select_related = ("industry",)
    search_fields = ("name", "occupation", "email", "why", "vouchers")
    date_hierarchy = "made_at"
    actions = ("approve", "ask", "decline", "export")
    inlines = (VouchInline,)
    change_list_template = "admin/invites/application/change_list.html"
    change_form_template = "admin/invites/application/change_form.html"
    fields = (
        *("name", "occupation", "industry", "email", "phone_hint", "language", "why", "vouchers"),
        *(
            "is_free",
            "state",
            "state_at",
            "made_at",
            "is_imported",
            "question",
            "answer",
            "decided_by",
            "reason",
            "invite",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """With the number of vouches."""
        return super().get_queryset(request).annotate(vouched=Count("vouches"))

    @admin.display(description=_("reached at"))
    def reached_at(self, application: Application) -> str:
        """Address or end of the number."""
        return application.email or application.phone_hint

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Those of people who are kept out are marked."""
        return MarkedChangeList

    @admin.display(description=_("free to come in"), boolean=True)
    def is_free(self, application: Any) -> bool:
        """No if this address or phone is of somebody whom staff keep out."""
        return not application.is_kept_out

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Application | None:
        """Marked, too."""
        found = super().get_object(request, object_id, from_field)
        mark([found] if found else [])
        return found

    @admin.display(description=_("vouches"), ordering="vouched")
    def vouch_count(self, application: Any) -> int:
        """How many members vouch."""
        return application.vouched

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change applications may decide."""
        return request.user.has_perm("invites.change_application")

    @admin.action(description=_("Approve the selected applications …"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """To the page where the answer is written."""
        return self._to_reply(ReplyKind.APPROVE, queryset)

    @admin.action(description=_("Ask the selected applicants something …"), permissions=["decide"])
    def ask(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """To the page where the question is written."""
        return self._to_reply(ReplyKind.ASK, queryset)

    @admin.action(description=_("Decline the selected applications …"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """To the page where the answer is written."""
        return self._to_reply(ReplyKind.DECLINE, queryset)

    def _to_reply(self, kind: ReplyKind, queryset: QuerySet[Application]) -> HttpResponse:
        ids = ",".join(
            str(pk) for pk in queryset.order_by("state_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
        )
        address = reverse("admin:invites_application_reply", args=[kind.value])
        return redirect(f"{address}?{urlencode({'ids': ids})}")

    @admin.action(description=_("Write the selected applications to a CSV file"), permissions=["decide"])
    def export(self, request: MemberRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """A file that a spreadsheet opens and does not run."""
        response = HttpResponse(as_csv(queryset, by=request.user), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="applications.csv"'
        return response

    def get_urls(self) -> list[URLPattern]:
        """Beside the admin's own: to answer, and to bring a file."""
        own = [
            path("reply/<str:kind>/", self.admin_site.admin_view(self.reply_view), name="invites_application_reply"),
            path("import/", self.admin_site.admin_view(self.import_view), name="invites_application_import"),
        ]
        return own + super().get_urls()

    def reply_view(self, request: MemberRequest, kind: str) -> HttpResponse:
        """Answer those who were chosen."""
        if kind not in ReplyKind.values:
            return redirect("admin:invites_application_changelist")
        if not self.has_decide_permission(request):
            raise PermissionDenied
        ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19][
            :MOST_AT_ONCE
        ]
        chosen = list(self.get_queryset(request).filter(pk__in=ids).select_related("industry").order_by("state_at"))
        mark(chosen)
        form = ReplyForm(request.POST or None, kind=kind)
        if request.method == "POST" and form.is_valid():
            self._reply(request, kind, chosen, form.cleaned_data)
            return redirect("admin:invites_application_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _TITLES[ReplyKind(kind)],
            "opts": self.model._meta,
            "form": form,
            "applications": chosen,
            "templates": list(ReplyTemplate.objects.filter(kind=kind)),
            "is_decline": kind == ReplyKind.DECLINE,
        }
        return TemplateResponse(request, "admin/invites/application/reply.html", context)

    def _reply(self, request: MemberRequest, kind: str, chosen: list[Any], said: dict[str, Any]) -> None:
        act = {
            ReplyKind.APPROVE: waitlist.approve,
            ReplyKind.ASK: waitlist.ask,
            ReplyKind.DECLINE: waitlist.decline,
        }[ReplyKind(kind)]
        done = sum(
            act(
                application,
                by=request.user,
                text=waitlist.text_for(application, said["template"], said["words"]),
                reason=said["reason"],
            )
            for application in chosen
        )
        messages.success(
            request,
            ngettext("%(count)d application answered.", "%(count)d applications answered.", done) % {"count": done},
        )
        kept_out = sum(application.is_kept_out for application in chosen) if kind == ReplyKind.APPROVE else 0
        if kept_out:
            messages.warning(
                request,
                ngettext(
                    "%(count)d is of somebody who is kept out: lift that first.",
                    "%(count)d are of people who are kept out: lift that first.",
                    kept_out,
                )
                % {"count": kept_out},
            )
        if left := len(chosen) - done - kept_out:
            messages.warning(
                request,
                ngettext("%(count)d was not open to that any more.", "%(count)d were not open to that any more.", left)
                % {"count": left},
            )

    def import_view(self, request: MemberRequest) -> HttpResponse:
        """Take a file in, whole or not at all."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        mistakes: list[str] = []
        if request.method == "POST" and form.is_valid():
            try:
                found = application_rows(form.cleaned_data["file"].read())
            except BadFile as error:
                form.add_error("file", f"{MISTAKES[error.code]} {error.detail}".strip())
            except RowErrors as errors:
                mistakes = errors.lines
            else:
                new = sum(waitlist.import_one(application, by=request.user) for application in found)
                messages.success(
                    request,
                    _("%(new)d put into the queue; %(known)d wait there or are in already.")
                    % {"new": new, "known": len(found) - new},
                )
                return redirect("admin:invites_application_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bring applications in a CSV file"),
            "opts": self.model._meta,
            "form": form,
            "mistakes": mistakes,
        }
        return TemplateResponse(request, "admin/invites/application/import.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the answers at hand."""
        found = self.get_object(request, object_id)
        acts = []
        if found is not None and found.is_open and self.has_decide_permission(request):
            kinds = [kind for kind in ReplyKind if kind != ReplyKind.ASK or found.state == ApplicationState.WAITING]
            query = urlencode({"ids": found.pk})
            acts = [
                (_TITLES[kind], f"{reverse('admin:invites_application_reply', args=[kind.value])}?{query}")
                for kind in kinds
            ]
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "acts": acts})


_TITLES = {
    ReplyKind.APPROVE: _("Approve"),
    ReplyKind.ASK: _("Ask back"),
    ReplyKind.DECLINE: _("Decline"),
}


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(admin.ModelAdmin):
    """What staff write to applicants, in three languages."""

    list_display = ("name", "kind")
    list_filter = ("kind",)
