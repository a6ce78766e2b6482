"""Where somebody is signed in: each session with its browser, and an end to it from elsewhere."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.browsers import browser_in_words
from accounts.models import User
from accounts.session_store import BEGAN_AT

LISTED_AT = "listed_at"  # in a session: when it was last noted in the list
NOTED_EVERY_SECONDS = 300  # by the minute it would be a write for every page


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session as its owner sees it. `handle` names it in forms and is of no use elsewhere."""

    handle: str
    browser: str
    address: str
    since: datetime
    seen: datetime
    is_this: bool


def note(request: HttpRequest) -> None:
    """Keep the list true: this session is there, by this browser."""
    if time.time() - request.session.get(LISTED_AT, 0) < NOTED_EVERY_SECONDS:
        return
    UserSession.objects.create_from_request(request)
    noted(request)


def noted(request: HttpRequest) -> None:
    """The list is true for a while; and it is known since when somebody is signed in by this session."""
    request.session.setdefault(BEGAN_AT, int(time.time()))
    request.session[LISTED_AT] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever is signed in has shown a moment ago who they are."""
    shown = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(shown) and time.time() - max(shown) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def sessions_of(request: HttpRequest, user: User) -> list[SignedIn]:
    """Where somebody is signed in: this session first, then the latest."""
    this = request.session.session_key
    found = [
        SignedIn(
            handle=_handle(session),
            browser=browser_in_words(session.user_agent),
            address=session.ip,
            since=session.created_at,
            seen=session.last_seen_at,
            is_this=session.session_key == this,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(found, key=lambda session: (session.is_this, session.seen), reverse=True)


def end_session(user: User, handle: str) -> bool:
    """Sign somebody out of one of their sessions.

    Returns:
        Whether there was one.
    """
    for session in UserSession.objects.filter(user=user):
        if constant_time_compare(_handle(session), handle):
            session.end()
            return True
    return False


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign somebody out everywhere, except by the session `but`.

    Returns:
        Of how many sessions.
    """
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in sessions:
        session.end()
    return len(sessions)


def end_all() -> None:
    """Sign everybody out, at once and telling nobody: for a database in which nobody is here, as one that was restored."""
    UserSession.objects.all().delete()
    Session.objects.all().delete()


def session_moved(old: str, new: str, **_kwargs: Any) -> None:
    """A session goes on by another key."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


def session_ended(key: str, **_kwargs: Any) -> None:
    """A session is over."""
    UserSession.objects.filter(session_key=key).delete()


def _handle(session: UserSession) -> str:
    return salted_hmac("mitalk.accounts.session", session.session_key, algorithm="sha256").hexdigest()[:24]
