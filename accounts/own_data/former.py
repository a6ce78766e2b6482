"""The one account that stands for everybody whose account is erased: the host of rooms that others were in too."""

from accounts.models import FORMER_MEMBER, User


def former_member() -> User:
    """It. Nobody can sign in to it."""
    former, _created = User.objects.get_or_create(email=FORMER_MEMBER, defaults={"is_active": False, "password": "!"})
    return former
