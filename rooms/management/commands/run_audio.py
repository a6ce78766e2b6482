"""`manage.py run_audio`: one audio worker on one UDP port."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import CommandError
from django.db import close_old_connections
from prometheus_client import REGISTRY

from rooms import hooks, selectors, services, speech
from rooms.audio import media_link
from rooms.audio.codec import CodecMissing
from rooms.audio.core.figures import LATENESS_BOUNDS, WORK_BOUNDS
from rooms.audio.keeper import Keeper
from rooms.audio.media_link import give_way
from rooms.audio.speech.watch import Watch
from rooms.audio.speech.watch import start_process as start_recogniser
from rooms.audio.usage import Usage
from rooms.audio.worker import AudioWorker, Config, keep_for_ever
from rooms.bus import get_bus
from rooms.checked_command import CheckedCommand
from rooms.evidence import ring, sealed_folder
from rooms.folders import sound_disks
from rooms.seeing.access import Access
from rooms.seeing.audio import CONNECT_SECONDS, AudioCollector
from rooms.seeing.child_log import ChildLog
from rooms.seeing.disk_metrics import DisksCollector
from rooms.seeing.disks import Disks
from rooms.seeing.logs import name_process
from rooms.seeing.port import Port, open_port
from rooms.seeing.tasks import count_tasks
from rooms.seeing.uncaught import log_what_nobody_catches

Result = TypeVar("Result")


class Command(CheckedCommand):
    """Gives the worker its bus and its database; drains it on SIGTERM, stops it on Ctrl-C."""

    help = "Mix and forward the sound of rooms."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        log_what_nobody_catches()
        asyncio.run(self._run())

    async def _run(self) -> None:
        config = Config(
            public_ip=settings.MITALK_PUBLIC_IP,
            udp_port=settings.MITALK_UDP_PORT,
            bind_ip=settings.MITALK_UDP_BIND,
            secret=settings.SECRET_KEY,
            former_secrets=tuple(map(str, settings.SECRET_KEY_FALLBACKS)),
        )
        name_process("audio", worker=config.worker_id)
        log = ChildLog(settings.MITALK_LOG_JSON, config.worker_id)
        bus = get_bus()
        disks = sound_disks()
        worker = AudioWorker(
            config,
            bus,
            read_truth=lambda: _fresh(lambda: selectors.audio_truth(config.worker_id)),
            heartbeat=lambda load: _fresh(lambda: services.beat_worker(worker_id=config.worker_id, load=load)),
            without_media=lambda silent: _fresh(
                lambda: services.depart_without_media(silent, worker_id=config.worker_id)
            ),
            move_away=lambda: _fresh(lambda: services.empty_worker(worker_id=config.worker_id)),
            unfed=lambda rooms: _fresh(lambda: services.end_unfed_shares(rooms, worker_id=config.worker_id)),
            keeper=Keeper(
                ring(),
                sealed_folder(),
                orders=lambda rings: _fresh(lambda: hooks.evidence_orders(rings)),
                sealed=lambda sealed: _fresh(lambda: hooks.evidence_sealed(sealed)),
                disks=disks,
            ),
            watch=_watch(config, log),
            use=lambda usage: _fresh(lambda: _record(usage, config.public_ip, worker.port)),
            connected=CONNECT_SECONDS.observe,
            start_media=partial(media_link.start_process, log=log),
        )
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, worker.drain, settings.MITALK_DRAIN_SECONDS)
        loop.add_signal_handler(signal.SIGINT, worker.stop)  # somebody at a terminal waits
        await bus.start()
        try:
            await self._start(worker, config)
            await asyncio.to_thread(
                services.register_worker,
                worker_id=config.worker_id,
                public_ip=config.public_ip,
                udp_port=worker.port,
                most_people=config.most_peers,
            )
            await worker.announce()
            count_tasks(loop)
            port = _open_port(worker, disks)
            give_way()
            keep_for_ever()
            await worker.run_until_stopped()
            await asyncio.to_thread(_fresh, lambda: services.retire_worker(worker_id=config.worker_id))
            if port is not None:
                await asyncio.to_thread(port.close)
        finally:
            await bus.close()

    async def _start(self, worker: AudioWorker, config: Config) -> None:
        try:
            await worker.start()
        except CodecMissing as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"UDP port {config.udp_port} on {config.bind_ip} cannot be used ({error.strerror}). "
                "Choose another port, MITALK_UDP_PORT=7883, or another address of this machine, MITALK_UDP_BIND."
            ) from error


def _record(usage: Usage, public_ip: str, udp_port: int) -> None:
    services.record_usage(usage, public_ip=public_ip, udp_port=udp_port)


def _open_port(worker: AudioWorker, disks: Disks) -> Port | None:
    """Where the worker's metrics are read, if anywhere."""
    bounds = {"late_bounds": LATENESS_BOUNDS, "work_bounds": WORK_BOUNDS}
    REGISTRY.register(AudioCollector(lambda: worker.figures, **bounds))
    REGISTRY.register(DisksCollector(disks.states))
    access = Access.of(settings.MITALK_METRICS_TOKEN, settings.MITALK_METRICS_NETWORKS)
    return open_port(settings.MITALK_METRICS_BIND, settings.MITALK_METRICS_PORT, access, worker.readiness)


def _watch(config: Config, log: ChildLog) -> Watch | None:
    """Whoever listens for phrases, if an engine is configured."""
    setup = speech.setup()
    if setup is None:
        return None
    worker = f"{config.public_ip}:{config.udp_port}"
    return Watch(
        setup,
        plan=lambda rooms: _fresh(lambda: speech.plan(rooms)),
        spotted=lambda spotted: _fresh(lambda: hooks.phrase_spotted(spotted)),
        tell=lambda state, load: _fresh(lambda: hooks.speech_listening(worker, state, load)),
        start=partial(start_recogniser, log=log),
    )


def _fresh(work: Callable[[], Result]) -> Result:
    """Run work on the database in a thread that lives long: drop a connection that broke, so that the next try heals."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
