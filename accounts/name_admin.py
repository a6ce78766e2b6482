"""Names that wait, for staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts import converters as _converters  # noqa: F401 - registers <row:…>
from accounts import renaming
from accounts.models import NameChange, User
from accounts.profile_models import NameState
from accounts.requests import pk_of


class DecisionForm(forms.Form):
    """What is decided on a name, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("They may have this name")), ("refuse", _("They keep the name they have"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is in the audit log; who is refused reads it."),
        widget=AdminTextInputWidget,
    )


@admin.register(NameChange)
class NameChangeAdmin(admin.ModelAdmin):
    """Changes of names: to read, and to decide on those that look like somebody else's."""

    list_display = ("wanted", "before", "looks_like", "state", "asked_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("looks_like",)
    search_fields = ("wanted", "before", "user__email")
    fields = readonly_fields = (
        "user",
        "before",
        "wanted",
        "looks_like",
        "state",
        "asked_at",
        "decided_at",
        "decided_by",
        "reason",
    )
    ordering = ("-asked_at",)
    change_form_template = "admin/accounts/namechange/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People change their names themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: NameChange | None = None) -> bool:
        """Who was called what is known as long as the account is."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """With the page to decide."""
        decide = self.admin_site.admin_view(self.decide)
        return [path("<row:pk>/decide/", decide, name="accounts_namechange_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To read; it leads to the decision while there is one to make."""
        waits = NameChange.objects.filter(pk=pk_of(object_id), state=NameState.WAITING).exists()
        extra = {"show_save": False, "show_save_and_continue": False, "waits": waits}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve or refuse, with a reason."""
        change = get_object_or_404(NameChange.objects.select_related("user__profile", "looks_like__profile"), pk=pk)
        if not self.has_change_permission(request, change) or change.user_id == request.user.pk:
            raise PermissionDenied  # nobody decides about their own
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._decided(request, change, form)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decide on a name"),
            "opts": self.model._meta,
            "change": change,
            "form": form,
            "waits": change.state == NameState.WAITING,
        }
        return TemplateResponse(request, "admin/accounts/namechange/decide.html", context)

    def _decided(self, request: HttpRequest, change: NameChange, form: DecisionForm) -> HttpResponse:
        assert isinstance(request.user, User)
        decide = renaming.approve if form.cleaned_data["decision"] == "approve" else renaming.refuse
        try:
            decide(change.pk, request.user, form.cleaned_data["reason"])
        except renaming.NameRefused as refusal:
            is_live = refusal.code == "name_live"
            messages.error(
                request,
                _("They are in a room: decide when they have left it.") if is_live else _("This was decided already."),
            )
            return redirect(reverse("admin:accounts_namechange_change", args=[change.pk]))
        messages.success(request, _("Decided. They are told by mail."))
        return redirect(f"{reverse('admin:accounts_namechange_changelist')}?state__exact=waiting")
