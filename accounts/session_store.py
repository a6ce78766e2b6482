"""Sessions in the database, as Django keeps them; whoever keeps something by a session's key is told when it ends or moves.

Everything that ends a session deletes it here: signing out, the list of sessions, a password that changed.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction
from django.utils import timezone

from accounts.signals import session_ended, session_moved

BEGAN_AT = "began_at"  # in a session: when somebody signed in by it


class SessionStore(db.SessionStore):
    """One session. It ends when nobody comes for a while, and in any case some weeks after somebody signed in by it."""

    def get_expiry_age(self, **known: Any) -> int:
        """In how many seconds, from now or from `modification`."""
        age = super().get_expiry_age(**known)
        left = self._seconds_left()
        return age if left is None else max(0, min(age, left))

    def get_expiry_date(self, **known: Any) -> datetime:
        """When."""
        date = super().get_expiry_date(**known)
        left = self._seconds_left()
        return date if left is None else min(date, timezone.now() + timedelta(seconds=left))

    def _seconds_left(self) -> int | None:
        began = self.get(BEGAN_AT)
        if not isinstance(began, int):
            return None
        return began + settings.MITALK_SESSION_DAYS * 86_400 - int(time.time())

    def cycle_key(self) -> None:
        """Go on by a new key, as Django does when a password changes. What is kept by the old one moves in the same
        transaction: nobody finds a room whose session is gone."""
        if SESSION_KEY not in self:
            super().cycle_key()
            return
        data, old = self._session, self.session_key  # type: ignore[attr-defined]
        with transaction.atomic():
            self.create()
            self._session_cache = data
            session_moved.send(sender=type(self), old=old, new=self.session_key)
            super().delete(old)

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            session_ended.send(sender=type(self), key=key)
