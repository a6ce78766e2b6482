"""Pages on which staff decide, one by one or many at once, always with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from rooms.admin import ReadOnlyAdmin

MOST_AT_ONCE = 200
_MOST_DIGITS = 18  # of a row’s number: more fit no database


class DecisionForm(forms.Form):
    """What is decided, and why."""

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=AdminTextInputWidget)

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], help_text: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].help_text = help_text


class DecidingAdmin(ReadOnlyAdmin):
    """Rows that wait: to read, and to decide on."""

    yes: Any = ""
    no: Any = ""
    reason_help: Any = gettext_lazy("It is in the audit log.")
    waiting_state = ""
    actions = ("decide_chosen",)
    change_form_template = "admin/moderation/deciding_change_form.html"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether they may decide at all."""
        return request.user.has_perm(f"moderation.decide_{self.opts.model_name}")

    def decide_row(self, row: Any, by: User, *, yes: bool, reason: str) -> bool:
        """Decide on one; whether it still waited. None of one's own: PermissionError."""
        raise NotImplementedError

    def own_of(self, rows: list[Any], user: User) -> set[int]:
        """In which of these rows they have a part, so that somebody else decides; by their keys."""
        raise NotImplementedError

    def details(self, row: Any) -> list[tuple[str, str]]:
        """What staff have to know of a row, label by label."""
        raise NotImplementedError

    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        """With the page to decide."""
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", decide, name=f"{self._address()}_decide"), *super().get_urls()]

    def decide_chosen(self, request: HttpRequest, queryset: QuerySet[Model]) -> HttpResponse:
        """To the page on which it is decided."""
        ids = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
        return redirect(f"{reverse(f'admin:{self._address()}_decide')}?{urlencode({'ids': ids})}")

    decide_chosen.short_description = gettext_lazy("Decide on the selected ones …")  # type: ignore[attr-defined]
    decide_chosen.allowed_permissions = ("decide",)  # type: ignore[attr-defined]

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """What waits of those who were chosen, and the decision on all of it."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        ids = [
            int(part)
            for part in request.GET.get("ids", "").split(",")
            if part.isdecimal() and len(part) <= _MOST_DIGITS
        ][:MOST_AT_ONCE]
        waiting = self.get_queryset(request).filter(pk__in=ids, state=self.waiting_state)
        related = self.list_select_related
        chosen = list(waiting.select_related(*(() if isinstance(related, bool) else related)).order_by("pk"))
        form = DecisionForm(
            request.POST or None, choices=[("yes", self.yes), ("no", self.no)], help_text=self.reason_help
        )
        if request.method == "POST" and form.is_valid():
            self._decide(request, chosen, len(set(ids)), form.cleaned_data)
            return redirect(f"{reverse(f'admin:{self._address()}_changelist')}?state__exact={self.waiting_state}")
        own = self.own_of(chosen, request.user)
        rows = [(row, self.details(row), row.pk in own) for row in chosen]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide"),
            "opts": self.opts,
            "form": form,
            "rows": rows,
            "may_decide": not all(is_own for _row, _details, is_own in rows),
            "list_address": reverse(f"admin:{self._address()}_changelist"),
        }
        return TemplateResponse(request, "admin/moderation/decide.html", context)

    def _decide(self, request: HttpRequest, chosen: list[Any], asked: int, said: dict[str, Any]) -> None:
        assert isinstance(request.user, User)
        done = own = 0
        for row in chosen:
            try:
                done += self.decide_row(row, request.user, yes=said["decision"] == "yes", reason=said["reason"])
            except PermissionError:
                own += 1
        messages.success(request, ngettext("%(count)d decided.", "%(count)d decided.", done) % {"count": done})
        if own:
            messages.error(request, _("Nobody decides on what they have a part in: somebody else has to."))
        if left := asked - done - own:
            told = ngettext("%(count)d does not wait any more.", "%(count)d do not wait any more.", left)
            messages.warning(request, told % {"count": left})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To read; it leads to the decision while there is one to make."""
        row = self.get_object(request, object_id)
        waits = row is not None and row.state == self.waiting_state and self.has_decide_permission(request)
        is_own = waits and isinstance(request.user, User) and bool(self.own_of([row], request.user))
        decide = f"{reverse(f'admin:{self._address()}_decide')}?{urlencode({'ids': object_id})}"
        context = {"decide": decide if waits and not is_own else "", "is_own": is_own}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})
