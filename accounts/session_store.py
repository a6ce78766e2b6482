"""Sessions in the database, as Django keeps them; whoever keeps something by a session's key is told when it ends or moves.

Everything that ends a session deletes it here: signing out, the list of sessions, a password that changed.
"""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction

from accounts.signals import session_ended, session_moved


class SessionStore(db.SessionStore):
    """One session."""

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
