"""What tests of reports and cases share: somebody signed in, a guest's browser, and reports of one person about another."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from moderation import services
from moderation.models import Case, Report, ReportKind
from moderation.services import About, Reporter
from rooms import guests
from rooms import services as rooms
from rooms.domain.messages import ReportCategory
from tests.factories import a_member


def signed_in(user: User) -> Client:
    """Their browser."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def a_guests_browser(identity: str = "a-guests-cookie") -> Client:
    """Of somebody without an account, who is known by a cookie."""
    client, response = Client(), HttpResponse()
    guests.give(response, identity)
    client.cookies.update(response.cookies)
    return client


def guest_key(identity: str = "a-guests-cookie") -> str:
    """By what their reports are known."""
    return rooms.guest(identity, "").guest_key


def may(user: User, *codenames: str) -> User:
    """The same, with these permissions."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


def a_moderator(name: str = "Mo Derator") -> User:
    """Staff who see and decide cases, and no more."""
    staff = a_member(name, is_staff=True)
    return may(staff, "view_case", "decide_case", "view_report", "view_evidence")


def reported(
    person: User, *, by: User | None = None, category: ReportCategory = ReportCategory.HARASSMENT, line: str = ""
) -> Report:
    """A report of somebody's profile."""
    about = About(kind=ReportKind.PROFILE, target_user=person, snapshot={"name": person.name})
    return services.make_report(Reporter(user=by or a_member()), about, category=category, line=line)


def a_case(person: User | None = None, **more: object) -> Case:
    """A case about somebody, of one report."""
    case = reported(person or a_member("Rae Ported"), **more).case
    assert case is not None
    return case


def send(client: Client, kind: str, public_id: str, **fields: object) -> HttpResponse:
    """A report by the page."""
    data = {"category": "hate", "line": "In my words", **fields}
    return client.post(reverse("moderation:report", args=[kind, public_id]), data)
