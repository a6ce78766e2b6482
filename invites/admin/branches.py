"""The invite tree, for staff: to look at, and to pause or cut off a branch."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts import converters as _converters  # noqa: F401 - registers <row:…>
from accounts.models import User
from accounts.requests import MemberRequest, pk_of
from invites.models import Branch, BranchMeasure, MeasureKind
from invites.services import branches
from invites.tree import tree_of
from rooms.admin import ReadOnlyAdmin


class MeasureForm(forms.Form):
    """What to do, and why."""

    kind = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (MeasureKind.PAUSE.value, _("Pause: nobody in the branch can enter until this is lifted")),
            (
                MeasureKind.CUT.value,
                _("Cut off: the same, their open invites are withdrawn, and whoever invited them may invite two fewer"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=MeasureKind.PAUSE.value,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For staff only; it is in the audit log."),
        widget=AdminTextInputWidget,
    )


class LiftForm(forms.Form):
    """Why it is lifted."""

    lift_reason = forms.CharField(label=_("Why it is lifted"), max_length=300)


class HasBroughtFilter(admin.SimpleListFilter):
    """Those who brought somebody."""

    title = _("has brought somebody")
    parameter_name = "brought"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Yes, or nobody's."""
        return [("yes", _("Yes")), ("roots", _("Nobody invited them"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those who did."""
        match self.value():
            case "yes":
                return queryset.filter(brought__gt=0)
            case "roots":
                return queryset.filter(branch_of=None)
        return queryset


@admin.register(Branch)
class BranchAdmin(ReadOnlyAdmin):
    """Each member with their branch."""

    list_display = ("email", "name", "sponsor", "brought_count", "is_active", "date_joined")
    list_filter = (HasBroughtFilter, "is_active")
    list_select_related = ("profile", "sponsor")
    search_fields = ("email", "profile__name")
    ordering = ("date_joined",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the number of people each brought."""
        return super().get_queryset(request).annotate(brought=Count("branches"))

    @admin.display(description=_("brought"), ordering="brought")
    def brought_count(self, user: Any) -> int:
        """How many came by them."""
        return user.brought

    def has_measure_permission(self, request: HttpRequest) -> bool:
        """Whoever may add measures may take one."""
        return request.user.has_perm("invites.add_branchmeasure")

    def get_urls(self) -> list[URLPattern]:
        """Beside the admin's own: to lift."""
        lift = self.admin_site.admin_view(self.lift_view)
        return [path("<row:pk>/lift/<row:measure>/", lift, name="invites_branch_lift"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The tree below a member, and what can be done about it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        root = get_object_or_404(User.objects.select_related("profile"), pk=pk_of(object_id))
        may_act = self.has_measure_permission(request)
        form = MeasureForm(request.POST or None)
        if request.method == "POST":
            if not may_act:
                raise PermissionDenied
            if form.is_valid() and self._take(request, root, form):
                return redirect("admin:invites_branch_change", root.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Branch of %(who)s") % {"who": root.name or root.email},
            "opts": self.model._meta,
            "tree": tree_of(root),
            "form": form,
            "lift_form": LiftForm(),
            "may_act": may_act,
        }
        return TemplateResponse(request, "admin/invites/branch/tree.html", context)

    def _take(self, request: HttpRequest, root: User, form: MeasureForm) -> bool:
        assert isinstance(request.user, User)
        kind = MeasureKind(form.cleaned_data["kind"])
        try:
            measure = branches.take(root, kind, by=request.user, reason=form.cleaned_data["reason"])
        except branches.MeasureHolds:
            form.add_error("kind", _("This branch is under such a measure already."))
            return False
        except branches.StaffAtTheRoot:
            form.add_error(None, _("They are staff. Take their rights first."))
            return False
        messages.success(
            request, _("%(count)d accounts are held, and out of every room.") % {"count": measure.members.count()}
        )
        return True

    def lift_view(self, request: MemberRequest, pk: int, measure: int) -> HttpResponse:
        """Lift a measure."""
        if request.method != "POST" or not self.has_measure_permission(request):
            raise PermissionDenied
        found = get_object_or_404(BranchMeasure.objects.select_related("root"), pk=measure)
        form = LiftForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why it is lifted."))
        elif branches.lift(found, by=request.user, reason=form.cleaned_data["lift_reason"]):
            messages.success(request, _("It is lifted; they may come back."))
        return redirect("admin:invites_branch_change", pk)


@admin.register(BranchMeasure)
class BranchMeasureAdmin(ReadOnlyAdmin):
    """What was done to branches."""

    list_display = ("at", "kind", "root", "reason", "by", "lifted_at", "lift_reason")
    list_filter = ("kind", "lifted_at")
    list_select_related = ("root", "by")
    search_fields = ("root__email", "root__profile__name", "reason")
    date_hierarchy = "at"
