"""Appeals, for staff: what waits the longest first; decided by somebody else, with reasons."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.requests import pk_of
from accounts.text import validate_prose
from moderation import services
from moderation.appeal_numbers import appeal_numbers
from moderation.models import Appeal, AppealState
from moderation.models.appeals import MOST_APPEAL
from moderation.notices import rule_of
from moderation.sanction_admin import REFUSED as SANCTION_REFUSED
from moderation.sanction_admin import state_of
from moderation.services.appeals import MIN_WORDS
from rooms.admin import ReadOnlyAdmin

_REFUSED: dict[str, Promise] = {
    "own": gettext_lazy("You imposed it, it is about you, or you reported it: somebody else of staff has to decide."),
    "decided": gettext_lazy("Somebody else has decided it already."),
    "reasons_missing": gettext_lazy("Give reasons: the person reads them."),
    "until_missing": gettext_lazy("Say how many days it still lasts."),
}


class QueueFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for."""

    title = gettext_lazy("what")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Beside the queue."""
        return [("decided", _("Decided")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        """The queue comes first, and is the default."""
        for choice in super().choices(changelist):
            yield {**choice, "display": _("To decide")} if choice["query_string"] == "?" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appeal]) -> QuerySet[Appeal]:
        """Those."""
        if self.value() == "all" or "state__exact" in request.GET:
            return queryset
        is_decided = self.value() == "decided"
        return queryset.exclude(state=AppealState.OPEN) if is_decided else queryset.filter(state=AppealState.OPEN)


class DecisionForm(forms.Form):
    """What becomes of the sanction, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[(state.value, state.label) for state in AppealState if state is not AppealState.OPEN],
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Ends in days"),
        min_value=0,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("From now, if it is shortened; 0: at once."),
    )
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"),
        min_length=MIN_WORDS,
        max_length=MOST_APPEAL,
        validators=[validate_prose],
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=gettext_lazy("The person reads them."),
    )

    def until(self) -> datetime | None:
        """When it ends, if it is shortened."""
        days = self.cleaned_data["days"]
        return None if days is None else timezone.now() + timedelta(days=days)


def _called(user: User | None) -> str:
    return (user.name or user.email) if user else "–"


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    """Rows that only the services write."""

    list_display = ("at", "whose", "what", "state", "imposed", "decided", "decided_at")
    list_filter = (QueueFilter, "state", "sanction__kind")
    list_select_related = ("sanction__user__profile", "imposed_by__profile", "decided_by__profile")
    search_fields = ("public_id", "words", "sanction__user__email", "sanction__user__profile__name")
    change_list_template = "admin/moderation/appeal/change_list.html"
    ordering = ("at", "pk")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether they may decide on any."""
        return request.user.has_perm("moderation.decide_appeal")

    @admin.display(description=gettext_lazy("whose"))
    def whose(self, appeal: Appeal) -> str:
        """Who appealed."""
        user = appeal.sanction.user
        return _called(user)

    @admin.display(description=gettext_lazy("sanction"), ordering="sanction__kind")
    def what(self, appeal: Appeal) -> str:
        """What they appealed against."""
        return str(appeal.sanction)

    @admin.display(description=gettext_lazy("imposed by"), ordering="imposed_by")
    def imposed(self, appeal: Appeal) -> str:
        """By name: addresses are too wide."""
        return _called(appeal.imposed_by)

    @admin.display(description=gettext_lazy("decided by"), ordering="decided_by")
    def decided(self, appeal: Appeal) -> str:
        """By name."""
        return _called(appeal.decided_by)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """In the queue nothing is decided yet: what would be empty takes no place."""
        beside = request.GET.get(QueueFilter.parameter_name) or "state__exact" in request.GET
        return self.list_display if beside else self.list_display[:-2]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With how appeals went until now."""
        return super().changelist_view(request, {**(extra_context or {}), "numbers": appeal_numbers()})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was done, what they say, and, to whom it is open, deciding."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        rows = Appeal.objects.select_related(
            "sanction__user__profile", "sanction__room", "sanction__report__reporter", "imposed_by__profile"
        )
        appeal = get_object_or_404(rows, pk=pk_of(object_id))
        form = DecisionForm(request.POST or None)
        if request.method == "POST":
            if not self.has_decide_permission(request):
                raise PermissionDenied
            if form.is_valid() and self._decide(request, appeal, form):
                return redirect("admin:moderation_appeal_changelist")
        is_open = self.has_decide_permission(request) and appeal.state == AppealState.OPEN
        may_decide = services.may_decide(appeal, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Appeal"),
            "opts": self.model._meta,
            "appeal": appeal,
            "sanction": appeal.sanction,
            "state": state_of(appeal.sanction),
            "rule": rule_of(appeal.sanction),
            "form": form if is_open and may_decide else None,
            "is_own": is_open and not may_decide,
        }
        return TemplateResponse(request, "admin/moderation/appeal/change_form.html", context)

    def _decide(self, request: HttpRequest, appeal: Appeal, form: DecisionForm) -> bool:
        assert isinstance(request.user, User)
        said = form.cleaned_data
        try:
            services.decide_appeal(
                appeal, said["outcome"], by=request.user, reasons=said["reasons"], until=form.until()
            )
        except services.AppealRefused as refusal:
            form.add_error(None, str(_REFUSED.get(refusal.code, refusal.code)))
            return False
        except services.SanctionRefused as refusal:
            form.add_error(None, str(SANCTION_REFUSED.get(refusal.code, refusal.code)))
            return False
        messages.success(request, _("They are told by mail."))
        return True
