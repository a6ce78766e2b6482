"""A page's SDP offer, carried to the room's audio worker, and its answer carried back."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from channels.db import database_sync_to_async

from rooms import services
from rooms.audio import wire
from rooms.bus import Bus, get_bus
from rooms.domain.errors import Code, Refused

ANSWER_WITHIN_SECONDS = 5.0
MOST_LINES = 400  # Chromium's offer has about 60


def sanitised(sdp: str) -> str:
    """An offer without its candidates: nobody is contacted at an address of the offerer's choosing.

    Raises:
        Refused: `sdp_too_large` for more lines than an offer of ours could have, `sdp_invalid` for what is no SDP,
            `sdp_unsupported` for more or other than one section of audio. The worker looks closer.
    """
    lines = sdp.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST_LINES:
        raise Refused(Code.SDP_TOO_LARGE)
    if lines[0] != "v=0":
        raise Refused(Code.SDP_INVALID)
    sections = [line for line in lines if line.startswith("m=")]
    if len(sections) != 1 or not sections[0].startswith("m=audio "):
        raise Refused(Code.SDP_UNSUPPORTED if sections else Code.SDP_INVALID)
    kept = [line for line in lines if line and not line.startswith(("a=candidate:", "a=remote-candidates:"))]
    return "\r\n".join(kept) + "\r\n"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and where it comes from."""

    sdp: str
    place: services.Placement


@dataclass
class Negotiator:
    """One web process's side of every negotiation with the audio workers."""

    bus: Bus
    process: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    _waiting: dict[str, asyncio.Future[wire.Message]] = field(default_factory=dict)
    _subscribed: bool = False

    async def answer(self, *, room: str, person: str, connection: str, sdp: str) -> Answered:
        """The worker's answer to an offer, and which worker that is.

        Raises:
            Refused: `media_unavailable` when no worker answers in time, else what the worker says of the offer.
        """
        sdp = sanitised(sdp)
        placed = await database_sync_to_async(services.place_connection)(room, connection)
        answer = await self._ask(
            placed.worker,
            lambda request, reply_to: wire.Offer(
                request=request,
                reply_to=reply_to,
                room=room,
                connection=connection,
                person=person,
                sdp=sdp,
                epoch=placed.epoch,
            ),
        )
        return Answered(answer.sdp, placed)

    async def answer_check(self, *, worker: str, check: str, speaks: bool, sdp: str) -> str:
        """A worker's SDP answer to one of the two offers of a sound check.

        Raises:
            Refused: as `answer`; `worker_full` when many check at once.
        """
        sdp = sanitised(sdp)
        answer = await self._ask(
            worker,
            lambda request, reply_to: wire.CheckOffer(
                request=request, reply_to=reply_to, check=check, speaks=speaks, sdp=sdp
            ),
        )
        return answer.sdp

    async def end_check(self, *, worker: str, check: str) -> None:
        """Both connections of a sound check are wanted no more."""
        for connection in wire.CHECK_CONNECTIONS:
            hangup = wire.Hangup(room=wire.check_room(check), connection=connection)
            await self.bus.publish(wire.worker_topic(worker), wire.encode(hangup))

    async def _ask(self, worker: str, offer: Callable[[str, str], wire.Message]) -> wire.Answer:
        await self._subscribe()
        request = secrets.token_urlsafe(9)
        future: asyncio.Future[wire.Message] = asyncio.get_running_loop().create_future()
        self._waiting[request] = future
        try:
            message = offer(request, wire.web_topic(self.process))
            await self.bus.publish(wire.worker_topic(worker), wire.encode(message))
            reply = await asyncio.wait_for(future, ANSWER_WITHIN_SECONDS)
        except TimeoutError as error:
            raise Refused(Code.MEDIA_UNAVAILABLE) from error
        finally:
            self._waiting.pop(request, None)
        if isinstance(reply, wire.Answer):
            return reply
        assert isinstance(reply, wire.OfferRefused)
        raise Refused(Code(reply.code))

    async def _subscribe(self) -> None:
        if not self._subscribed:
            await self.bus.subscribe(wire.web_topic(self.process), self._receive)
            self._subscribed = True

    def _receive(self, data: dict) -> None:
        message = wire.decode(data)
        if isinstance(message, wire.Answer | wire.OfferRefused):
            future = self._waiting.get(message.request)
            if future is not None and not future.done():
                future.set_result(message)


@cache
def get_negotiator() -> Negotiator:
    """This process's negotiator."""
    return Negotiator(get_bus())
