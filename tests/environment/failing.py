"""What fails on demand, with people's words in its exception: for tests of what is logged of it."""

import asyncio
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.apps import AppConfig
from django.http import HttpRequest, HttpResponse

HEADER = "X-Fail"


class FailingConfig(AppConfig):
    """Installed by tests.environment.failing_settings only."""

    name = "tests.environment"
    label = "failing"

    def ready(self) -> None:
        """Lowering a hand fails with the name, address and words of whoever lowers it."""
        from rooms.domain import messages
        from rooms.signalling.commands import CHANGES

        def fail(room: str, me: str, command: Any) -> None:
            from rooms.models import Participant

            place = Participant.objects.get(connection=me)
            raise ValueError(f"{place.user.email} {place.user.name} {place.hand_line}")

        CHANGES[messages.HandLower] = fail


class FailOnDemand:
    """A view whose form is in its exception."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Fail as the header says."""
        how = request.headers.get(HEADER, "")
        words = f"{dict(request.POST)} {request.GET.dict()} {request.COOKIES}"
        if how == "view":
            try:
                int(words)
            except ValueError as error:
                raise LookupError(words) from error
        if how == "job":
            fail_in_a_job.delay(words)
        return None


@shared_task
def fail_in_a_job(words: str) -> None:
    """A job whose exception has words, and so has one that nobody fetched."""

    async def forgotten() -> None:
        raise ValueError(words)

    async def work() -> None:
        task = asyncio.create_task(forgotten())
        await asyncio.sleep(0)
        del task

    asyncio.run(work())
    raise ValueError(words)
