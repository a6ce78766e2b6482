"""How moderation went, for staff: plots and their numbers, for the days that are asked for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.figures import BadPeriod, Period, sections_of
from moderation.models import Figures
from rooms.admin import ReadOnlyAdmin

REFUSED: dict[str, Promise] = {
    "unreadable": gettext_lazy("Write days like 2026-10-01."),
    "backwards": gettext_lazy("The last day is before the first."),
    "to_come": gettext_lazy("The first day has not come yet."),
    "too_early": gettext_lazy("The first day is too long ago."),
    "too_long": gettext_lazy("Choose five years at most."),
}
_NAMES = {"first": "from", "last": "to"}


class _Day(forms.DateInput):
    """The browser's own choice of a day, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """From the first day to the last, both included; in addresses they are called as in the report's command."""

    first = forms.CharField(label=gettext_lazy("First day"), max_length=20, widget=_Day)
    last = forms.CharField(label=gettext_lazy("Last day"), max_length=20, widget=_Day)

    def add_prefix(self, field_name: str) -> str:
        """What it is called in the address."""
        return _NAMES.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        """With the period, if it can be counted."""
        cleaned = super().clean() or {}
        try:
            cleaned["period"] = Period.read(cleaned.get("first", ""), cleaned.get("last", ""))
        except BadPeriod as bad:
            self.add_error(None, forms.ValidationError(str(REFUSED[bad.code]), code=bad.code))
        return cleaned


@admin.register(Figures)
class FiguresAdmin(ReadOnlyAdmin):
    """One page, in place of a list."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The figures of the days asked for; of the last thirteen weeks, if those cannot be counted."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lately = Period.lately()
        days = {"from": lately.first.isoformat(), "to": lately.last.isoformat()}
        form = PeriodForm({name: request.GET.get(name) or day for name, day in days.items()})
        period = form.cleaned_data["period"] if form.is_valid() else lately
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures"),
            "opts": self.model._meta,
            "form": form,
            "period": period,
            "sections": sections_of(period),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/moderation/figures/page.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There are no rows: back to the page."""
        return redirect("admin:moderation_figures_changelist")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nor have they a history."""
        return redirect("admin:moderation_figures_changelist")
