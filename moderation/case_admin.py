"""Cases, for staff: a queue to be worked through by keyboard, a page of each with everything that is known."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.requests import MemberRequest, pk_of
from moderation import cases, services
from moderation.models import NOT_DECIDED, Case, Outcome
from moderation.services.cases import MIN_REASON
from rooms.admin import ReadOnlyAdmin

_REFUSED = {
    "partial": gettext_lazy("You have a part in what was reported: somebody else of staff has to decide it."),
    "decided": gettext_lazy("Somebody was quicker: it is decided already."),
    "taken": gettext_lazy("Somebody else is looking at it."),
    "reason": gettext_lazy("Say why, in a few words."),
}


class DecideForm(forms.Form):
    """What is decided, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect(attrs={"class": "radiolist"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=MIN_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("For staff and the audit log. Reporters are told the outcome in general words only."),
    )


class DecideManyForm(ActionForm):
    """The same for several at once, beside the choice of what to do with them."""

    outcome = forms.ChoiceField(label=gettext_lazy("Outcome:"), choices=[("", "–"), *Outcome.choices], required=False)
    reason = forms.CharField(label=gettext_lazy("Reason:"), max_length=1000, required=False)


class StateFilter(admin.SimpleListFilter):
    """What is not decided, unless one asks for more."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What can be asked for."""
        return [
            ("mine", gettext_lazy("I look at it")),
            ("decided", gettext_lazy("decided")),
            ("all", gettext_lazy("all")),
        ]

    def choices(self, changelist: Any) -> Any:
        """The first is what is shown otherwise."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("not decided")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Those."""
        match self.value():
            case "all":
                return queryset
            case "decided":
                return queryset.filter(state="decided")
            case "mine":
                return queryset.filter(state="taken", taken_by=request.user.pk)
        return queryset.filter(state__in=NOT_DECIDED)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """What was reported, and waits for a decision."""

    list_display = ("category_in_words", "about", "stands", "by_how_many", "waits", "is_due", "noticed")
    list_display_links = ("category_in_words",)
    list_filter = (StateFilter, "category", "kind", "is_urgent")
    ordering = ("-is_urgent", "due_at", "pk")
    search_fields = ("public_id", "room__title", "topic__name", "target_user__profile__name", "reports__line")
    list_per_page = 50
    actions = ("take_all", "decide_all")
    action_form = DecideManyForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """With what the list says of each."""
        return cases.with_names(super().get_queryset(request)).annotate(is_noticed=cases.has_open_flags())

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether they may take and decide."""
        return request.user.has_perm("moderation.decide_case")

    # --- The queue ------------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("category"), ordering="category")
    def category_in_words(self, case: Case) -> str:
        """What it is about."""
        return f"{_('Urgent')}: {case.get_category_display()}" if case.is_urgent else case.get_category_display()

    @admin.display(description=gettext_lazy("about"))
    def about(self, case: Case) -> str:
        """Whom or what."""
        return f"{case.get_kind_display()}: {cases.about(case)}"

    @admin.display(description=gettext_lazy("reporters"), ordering="reporters")
    def by_how_many(self, case: Case) -> str:
        """How many different people; and that some of them count less."""
        return f"{case.reporters} ({_('counts less')})" if case.weight < case.reporters else str(case.reporters)

    @admin.display(description=gettext_lazy("machines"))
    def noticed(self, case: Case) -> str:
        """Whether a flag about the same is open."""
        return _("noticed it too") if getattr(case, "is_noticed", False) else ""

    @admin.display(description=gettext_lazy("age"), ordering="opened_at")
    def waits(self, case: Case) -> str:
        """Since when."""
        return timesince(case.opened_at, case.decided_at or timezone.now(), depth=1)

    @admin.display(description=gettext_lazy("to be looked at"), ordering="due_at")
    def is_due(self, case: Case) -> str:
        """By when, or that this is past."""
        if case.is_decided:
            return "–"
        now = timezone.now()
        return (
            _("overdue") if case.due_at < now else _("within %(time)s") % {"time": timesince(now, case.due_at, depth=1)}
        )

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def stands(self, case: Case) -> str:
        """What happens to it."""
        if case.is_decided:
            return case.get_outcome_display()
        by = case.taken_by
        return f"{case.get_state_display()}: {by.name or by.email}" if by else case.get_state_display()

    @admin.action(description=gettext_lazy("Take the selected cases"), permissions=["decide"])
    def take_all(self, request: MemberRequest, queryset: QuerySet[Case]) -> None:
        """Look at them."""
        self._for_each(request, queryset, lambda case: services.take(case, request.user))

    @admin.action(description=gettext_lazy("Decide the selected cases, with a reason"), permissions=["decide"])
    def decide_all(self, request: MemberRequest, queryset: QuerySet[Case]) -> None:
        """Close them with one outcome and one reason."""
        outcome = request.POST.get("outcome", "")
        if outcome not in Outcome.values:
            messages.error(request, _("Choose an outcome."))
            return
        reason = request.POST.get("reason", "")
        self._for_each(request, queryset, lambda case: services.decide(case, request.user, Outcome(outcome), reason))

    def _for_each(self, request: MemberRequest, queryset: QuerySet[Case], act: Any) -> None:
        done, refused = 0, set()
        for case in Case.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))):
            try:
                act(case)
                done += 1
            except services.CaseRefused as refusal:
                refused.add(str(refusal))
        if done:
            messages.success(request, ngettext("%(n)d case.", "%(n)d cases.", done) % {"n": done})
        for why in sorted(refused):
            messages.warning(request, str(_REFUSED[why]))

    # --- One case -------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything about it; to take it, and to decide it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = get_object_or_404(self.get_queryset(request), pk=pk_of(object_id))
        form = DecideForm()
        if request.method == "POST":
            if not self.has_decide_permission(request):
                raise PermissionDenied
            act = request.POST.get("act", "")
            form = DecideForm(request.POST) if act == "decide" else form
            if act != "decide" or form.is_valid():
                return self._act(request, case, act, form)
        assert isinstance(request.user, User)
        is_partial = services.is_partial(case, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{case.get_category_display()} · {cases.about(case)}",
            "opts": self.model._meta,
            "case": case,
            "about": cases.about(case),
            "reports": cases.reports_in(case),
            "earlier": [(other, cases.about(other)) for other in cases.beside(case)],
            "flags": cases.flags_about(case),
            "form": form,
            "is_due": self.is_due(case),
            "is_partial": is_partial,
            "may_decide": self.has_decide_permission(request) and not case.is_decided and not is_partial,
            "next": cases.next_after(case),
        }
        return TemplateResponse(request, "admin/moderation/case/change_form.html", context)

    def _act(self, request: HttpRequest, case: Case, act: str, form: DecideForm) -> HttpResponse:
        assert isinstance(request.user, User)
        following = cases.next_after(case)
        try:
            match act:
                case "take":
                    services.take(case, request.user)
                case "give_back":
                    services.give_back(case, request.user)
                case "decide":
                    outcome = Outcome(form.cleaned_data["outcome"])
                    services.decide(case, request.user, outcome, form.cleaned_data["reason"])
                    messages.success(request, _("Decided. Those who reported it are told."))
                    if following is not None:
                        return redirect("admin:moderation_case_change", following.pk)
                    return redirect("admin:moderation_case_changelist")
        except services.CaseRefused as refusal:
            messages.error(request, str(_REFUSED[str(refusal)]))
        return redirect("admin:moderation_case_change", case.pk)
