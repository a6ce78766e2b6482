"""Web and audio processes: whether each of them is heard of, in the database that they share."""

from collections.abc import Iterator
from datetime import timedelta

from config.doctor.finding import Finding, fail, ok, warn
from rooms import selectors
from rooms.models import AudioWorker
from rooms.selectors.heard_of import homes_of_shares, silent_workers, web_processes

_SILENT_AFTER = timedelta(seconds=10)  # each beats every two


def examine() -> Iterator[Finding]:
    """See the module."""
    webs = web_processes(_SILENT_AFTER).count()
    if webs:
        yield ok("processes.web", f"{webs} carry rooms")
    else:
        yield fail("processes.web", "none was heard of in ten seconds", "Start manage.py run_web; look into its log.")
    workers = [str(worker) for worker in selectors.live_workers()]
    if workers:
        yield ok("processes.audio", f"{len(workers)} live: {', '.join(workers)}")
    else:
        remedy = "Start manage.py run_audio; look into its log."
        yield fail("processes.audio", "no audio worker lives: nobody hears anything", remedy)
    for worker in selectors.live_workers():
        yield from _troubles(worker)
    for worker in silent_workers(_SILENT_AFTER):
        what = f"{worker} was last heard of at {worker.beat_at:%Y-%m-%d %H:%M:%S} UTC"
        yield warn(
            "processes.audio_silent", what, "Look into its log, and start it again. A day later it is forgotten."
        )


def _troubles(worker: AudioWorker) -> Iterator[Finding]:
    """What it says itself with its beats."""
    if worker.deaf:  # type: ignore[attr-defined]
        remedy = (
            "Open the way from its machine to Redis (without Redis: to the web process); its log says bus.not_reached."
        )
        yield fail("processes.audio_deaf", f"{worker} lives, and hears nothing over the bus", remedy)
    if worker.unfed_rooms:
        homes = ", ".join(str(home) for home in homes_of_shares(worker)) or "another worker"
        what = f"{worker} gets no sound of {worker.unfed_rooms} rooms from {homes}"
        remedy = (
            "Open the UDP ports of all workers to one another, at the addresses that they announce (MITALK_PUBLIC_IP)."
        )
        yield fail("processes.audio_unfed", what, remedy)
    if worker.disk:
        what = f"{worker} keeps nothing of what is said, as evidence neither: {worker.disk}"
        yield fail("processes.audio_disk", what, "Make room on its disk, or mend it; it goes on by itself.")
