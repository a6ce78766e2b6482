"""A person's page, a room's page and the processes' page, for staff. The admin's own rules decide who sees which part."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.models import User
from moderation.staff import person as people
from moderation.staff import room as rooms
from moderation.staff import workers as processes
from rooms.models import Room


def person(request: HttpRequest, public_id: str, context: dict) -> HttpResponse:
    """Everything of one person. `context` is the admin site's."""
    viewer = _viewer(request, "accounts.view_user")
    found = get_object_or_404(User.objects.select_related("profile", "branch_of"), public_id=public_id)
    return TemplateResponse(
        request,
        "admin/moderation/person/page.html",
        context
        | {"person": found, "title": found.name or found.email, "parts": people.parts_of(found, viewer)}
        | people.summary_of(found, viewer),
    )


def room(request: HttpRequest, public_id: str, context: dict) -> HttpResponse:
    """What happened in one room."""
    viewer = _viewer(request, "rooms.view_room")
    found = get_object_or_404(Room.objects.select_related("host__profile", "topic"), public_id=public_id)
    return TemplateResponse(
        request,
        "admin/moderation/room/page.html",
        context
        | {"room": found, "title": found.title, "entries": rooms.timeline(found, viewer)}
        | rooms.summary_of(found),
    )


def workers(request: HttpRequest, context: dict) -> HttpResponse:
    """The processes that live, how they fare, and what a listener costs."""
    _viewer(request, "rooms.view_audioworker")
    return TemplateResponse(
        request, "admin/moderation/workers/page.html", context | {"title": _("Processes")} | processes.page()
    )


def _viewer(request: HttpRequest, permission: str) -> User:
    assert isinstance(request.user, User)
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return request.user
