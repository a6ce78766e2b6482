"""Who tries: one of each role, among others whose data are none of their business (tests.own_data.everything)."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.second_factor import SecondFactors
from moderation.roles import ROLES, establish
from rooms.guests import COOKIE
from tests.factories import a_live_room, a_member, without_profile
from tests.own_data.everything import ADDRESS, PHONE, World, a_world
from tests.permissions.cast import a_guest_cookie

ANONYMOUS, GUEST, NEWCOMER, MEMBER, HOST = "anonymous", "guest", "newcomer", "member", "host"
OWNER, NO_ROLE, OPERATOR = "owner of what is there", "staff without a role", "operator"
OUTSIDERS = (ANONYMOUS, GUEST, NEWCOMER, MEMBER, HOST)
STAFF = (NO_ROLE, *ROLES, OPERATOR)
EVERYBODY = (*OUTSIDERS, OWNER, *STAFF)

# Of the owner, and for nobody who is neither them nor staff.
PRIVATE = (
    ADDRESS,
    PHONE,
    "LIC-4711",
    "Secret complaint",
    "What I reported",
    "What the other wrote",
    "confirmation-key",
)
# For nobody at all, on no page.
APP_SECRET = "JBSWY3DPEHPK3PXP"
SECRET = (APP_SECRET, "the-app-secret", "the-session-key", "hash-of-a-token", "uid-of-seo-yeon", "the-token")


@dataclass
class Scene:
    """Everybody, and the rows that they are among."""

    world: World
    users: dict[str, User]
    guest_cookie: str

    def client(self, role: str) -> Client:
        """A browser of that role."""
        client = Client(raise_request_exception=True)
        if role == GUEST:
            client.cookies[COOKIE] = self.guest_cookie
        elif role != ANONYMOUS:
            client.force_login(self.users[role], backend="accounts.backends.MemberBackend")
        return client


def a_scene() -> Scene:
    """All of it."""
    establish(apps)
    world = a_world()
    theirs = Authenticator.objects.filter(user=world.person, type="totp")
    theirs.update(data={"secret": SecondFactors().encrypt(APP_SECRET)})
    users = {NEWCOMER: without_profile(), MEMBER: a_member("Lin Wei"), HOST: a_member("Ji-woo Han")}
    a_live_room(users[HOST])
    users[OWNER] = world.person
    made: dict[str, Callable[[], User]] = {
        NO_ROLE: lambda: a_member("Nobody Yet", is_staff=True),
        OPERATOR: lambda: a_member("Sofia Takács", is_staff=True, is_superuser=True),
    }
    for role in STAFF:
        users[role] = made[role]() if role in made else _of_role(role)
    return Scene(world, users, a_guest_cookie())


def _of_role(role: str) -> User:
    user = a_member(f"One of {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
