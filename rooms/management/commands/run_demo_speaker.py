"""`manage.py run_demo_speaker`: the voice of the demonstration room."""

import asyncio
import signal
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand

from rooms.demo.seed import welcome_room
from rooms.demo.speaker import DemoSpeaker, RoomIsOver


class Command(BaseCommand):
    """Signs the demonstration speaker in and lets it speak; a new room when the last one ended."""

    help = "Read the welcome in the demonstration room."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        while True:
            room = welcome_room()
            session = SessionStore()
            session[SESSION_KEY] = str(room.host.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = room.host.get_session_auth_hash()
            session.save()
            origin = f"http://localhost:{settings.PORT}"
            speaker = DemoSpeaker(
                address=f"ws://127.0.0.1:{settings.PORT}/ws/rooms/{room.public_id}/",
                origin=origin,
                cookie=f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
            )
            try:
                asyncio.run(speaker.speak())
            except RoomIsOver:
                session.delete()
