"""A live web process within the test: its bus, its hub, and an audio worker that answers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import channel_layers
from django.db import connections
from django.utils import timezone

from rooms import bus, hub, services
from rooms.audio import wire
from rooms.models import AudioWorker
from rooms.signalling import negotiate


@pytest.fixture
async def live(transactional_db: None, settings: Any, tmp_path: Path) -> AsyncIterator[None]:
    """Bus and hub of this test's event loop. The bus is at a place of its own: what another test left open takes calls, and
    answers none."""
    settings.BUS_SOCKET = tmp_path / "bus.sock"
    _forget_process()
    await hub.start_live()
    yield
    await hub.get_hub().stop()
    await bus.get_bus().close()
    _forget_process()
    await database_sync_to_async(connections.close_all)()


def _forget_process() -> None:
    for once_a_process in (bus.get_bus, hub.get_hub, negotiate.get_negotiator):
        once_a_process.cache_clear()
    channel_layers.backends.clear()


class AnsweringWorker:
    """An audio worker as the web process sees it: takes offers from the bus, answers as told."""

    def __init__(self) -> None:
        self.offers: list[wire.Offer] = []
        self.checks: list[wire.CheckOffer] = []
        self.stages: list[wire.Stage] = []
        self.hangups: list[wire.Hangup] = []
        self.answers_with = "v=0\r\nanswer"
        self.refuses_with = ""
        self.silent = False

    async def start(self) -> None:
        """Register and listen."""
        await database_sync_to_async(services.register_worker)(
            worker_id="answering", public_ip="127.0.0.1", udp_port=7001
        )
        # It does not beat, and is not silent either, however long a test takes.
        await AudioWorker.objects.filter(worker_id="answering").aupdate(beat_at=timezone.now() + timedelta(hours=1))
        await bus.get_bus().subscribe(wire.worker_topic("answering"), self._receive)

    def _receive(self, data: dict[str, Any]) -> None:
        match wire.decode(data):
            case wire.Offer() as offer:
                self.offers.append(offer)
                if not self.silent:
                    reply: wire.Message = wire.Answer(offer.request, self.answers_with, offer.epoch)
                    if self.refuses_with:
                        reply = wire.OfferRefused(request=offer.request, code=self.refuses_with)
                    bus.get_bus().publish_from_thread(offer.reply_to, wire.encode(reply))
            case wire.CheckOffer() as check:
                self.checks.append(check)
                answer = wire.Answer(request=check.request, sdp=self.answers_with)
                bus.get_bus().publish_from_thread(check.reply_to, wire.encode(answer))
            case wire.Stage() as stage:
                self.stages.append(stage)
            case wire.Hangup() as hangup:
                self.hangups.append(hangup)


@pytest.fixture
async def worker(live: None) -> AnsweringWorker:
    """An audio worker that answers."""
    answering = AnsweringWorker()
    await answering.start()
    return answering
