"""The staff's site."""

from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sms_budget
from accounts.models import User
from accounts.second_factor import has_second_factor, staff_are_there, staff_may_work
from config.grave_acts import ask_for_it, ask_then_go_on, must_be_shown_again
from moderation import staff_views
from moderation.staff.evidence_space import space_words
from moderation.staff.waiting import waiting_for


class MiTalkAdminSite(AdminSite):
    """Staff sign in where everybody does, so the same limits hold here; and it opens by a second factor only."""

    site_header = gettext_lazy("MiTalk staff")
    site_title = gettext_lazy("MiTalk staff")
    index_title = gettext_lazy("What needs attention")
    index_template = "admin/moderation/home.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff who have shown a second factor this working day, and are still there."""
        return super().has_permission(request) and staff_may_work(request) and staff_are_there(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page of the site; what is grave is done by who shows once more that it is them."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request) and must_be_shown_again(request):
                return ask_then_go_on(request)
            return inner(request, *args, **kwargs)

        return asked

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send to MiTalk's sign-in instead of the admin's own form; staff without a second factor to where they get one, and
        who did not show theirs to where they do."""
        user = request.user
        if isinstance(user, User) and user.is_staff and user.is_active and not self.has_permission(request):
            return _set_up(request) if not has_second_factor(user) else ask_for_it(request)
        return secure_admin_login(super().login)(request, extra_context=extra_context)

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """What waits, then the list of everything; before it, that text messages are used up, or the space for evidence."""
        for count in sms_budget.full_today():
            messages.warning(
                request,
                _("Text messages are used up for today (%(where)s: %(sent)d). Codes and invites go by mail only.")
                % {"where": count.scope, "sent": count.sent},
            )
        assert isinstance(request.user, User)
        if said := space_words(request.user):
            messages.warning(request, said)
        waiting = {"queues": waiting_for(request.user)}
        return super().index(request, (extra_context or {}) | waiting)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With the pages that are about one person, about one room, and about the processes."""
        return [
            path("person/<public_id:public_id>/", self.admin_view(self.person), name="person"),
            path("workers/", self.admin_view(self.workers), name="workers"),
            path("room/<public_id:public_id>/", self.admin_view(self.room), name="room"),
            *super().get_urls(),
        ]

    def person(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Everything of one person."""
        return staff_views.person(request, public_id, self.each_context(request))

    def room(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """What happened in one room."""
        return staff_views.room(request, public_id, self.each_context(request))

    def workers(self, request: HttpRequest) -> HttpResponse:
        """The processes that carry it all."""
        return staff_views.workers(request, self.each_context(request))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """Where everybody changes it."""
        return redirect("account_change_password")


def _set_up(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("The staff’s pages open by a second factor: add a passkey or an authenticator app first.")
    )
    return redirect("accounts:safety")
