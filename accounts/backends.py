"""Who is signed in, by e-mail and password or by what a session says."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.hooks import with_the_account
from accounts.models import User


class MemberBackend(ModelBackend):
    """Django's own, but a member comes with their profile: every page and every socket asks for it."""

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session if it may still sign in, or None."""
        user = User.objects.select_related("profile").annotate(**with_the_account()).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
