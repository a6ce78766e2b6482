"""Who is on their way out: their account can do nothing, and comes back if they undo it in time."""

from django.db.models import QuerySet

from accounts.models import AccountDeletion, DeletionState, User

UNDER_WAY = (DeletionState.PENDING, DeletionState.ERASING)


def leaving() -> QuerySet[User]:
    """Everybody whose account is being deleted."""
    return User.objects.filter(deletions__state__in=UNDER_WAY)


def pending_deletion(user: User) -> AccountDeletion | None:
    """The deletion that somebody can still undo."""
    return AccountDeletion.objects.filter(user=user, state=DeletionState.PENDING).first()
