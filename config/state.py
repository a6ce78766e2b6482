"""Metrics of the whole installation, read from the database and the disks when somebody asks a web process for them.

Every web process tells the same; a board takes the greatest.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.models import Count, Min, QuerySet
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from accounts import clock
from accounts.claim_models import ClaimState
from accounts.data_models import AccountDeletion, DataExport, DeletionState, ExportState
from accounts.models import Claim, OutboxMessage
from config import job_queue, outside
from config.backups import making
from invites.models import Application, ApplicationState
from moderation.models import NOT_DECIDED, Appeal, AppealState, Case, Flag, FlagState, HeldState, HeldText
from moderation.services import evidence_space
from rooms import selectors
from rooms.domain.snapshot import Phase
from rooms.folders import folders, own_disks
from rooms.models import JobsProcess, Participant, ProgrammeMail, Room, WebProcess
from rooms.seeing.disk_metrics import writable
from rooms.seeing.disks import nearest

# What waits, by a stable name: which rows, and since when each does.
QUEUES: dict[str, tuple[Callable[[datetime], QuerySet], str]] = {
    "outbox": (lambda now: OutboxMessage.objects.filter(done_at=None, due_at__lte=now), "due_at"),
    "programme_mail": (lambda now: ProgrammeMail.objects.filter(done_at=None), "made_at"),
    "exports": (lambda now: DataExport.objects.filter(state=ExportState.WAITING), "requested_at"),
    "deletions": (
        lambda now: AccountDeletion.objects.filter(state=DeletionState.PENDING, final_at__lte=now),
        "final_at",
    ),
    "urgent_reports": (lambda now: Case.objects.filter(state__in=NOT_DECIDED, is_urgent=True), "opened_at"),
    "reports": (lambda now: Case.objects.filter(state__in=NOT_DECIDED, is_urgent=False), "opened_at"),
    "appeals": (lambda now: Appeal.objects.filter(state=AppealState.OPEN), "at"),
    "held_texts": (lambda now: HeldText.objects.filter(state=HeldState.WAITING), "at"),
    "flags": (lambda now: Flag.objects.filter(state=FlagState.OPEN), "at"),
    "applications": (lambda now: Application.objects.filter(state=ApplicationState.WAITING), "state_at"),
    "claims": (lambda now: Claim.objects.filter(state=ClaimState.WAITING), "state_at"),
}

_MEASURED = ("var", "evidence", "ring", "media")  # folders whose disks may be others


def from_database() -> list[Metric]:
    """What the rows say. Slow when the database is."""
    try:
        return list(_from_database(clock.now()))
    finally:
        connections.close_all()


def from_broker() -> list[Metric]:
    """What waits for the jobs. Slow when Redis is."""
    waiting = job_queue.waiting()
    return [
        GaugeMetricFamily("mitalk_jobs_queue_length", "Jobs that nobody has taken yet", waiting.length),
        GaugeMetricFamily("mitalk_jobs_queue_age_seconds", "How long the oldest has waited", waiting.oldest_seconds),
    ]


def _from_database(now: datetime) -> Iterator[Metric]:
    length = GaugeMetricFamily("mitalk_queue_length", "How many wait", labels=["queue"])
    age = GaugeMetricFamily("mitalk_queue_age_seconds", "How long the oldest has waited", labels=["queue"])
    for name, (rows, since) in QUEUES.items():
        found = rows(now).order_by().aggregate(number=Count("pk"), oldest=Min(since))
        length.add_metric([name], found["number"])
        age.add_metric([name], _seconds(found["oldest"], now))
    yield from (length, age)
    live = Room.objects.filter(phase=Phase.LIVE)
    yield GaugeMetricFamily("mitalk_rooms_live", "Live rooms", live.count())
    here = Participant.objects.filter(room__phase=Phase.LIVE, left_at=None).count()
    yield GaugeMetricFamily("mitalk_people_in_rooms", "People on the rosters of live rooms", here)
    workers = selectors.workers_now(now)
    lives = [worker for worker in workers if worker.is_live]
    silent = [worker for worker in workers if not worker.is_live and not worker.is_retired]
    yield GaugeMetricFamily("mitalk_audio_workers_live", "Audio workers that live", len(lives))
    yield GaugeMetricFamily(
        "mitalk_audio_rooms_stranded",
        "Live rooms with people, on a worker that is silent",
        live.filter(worker__isnull=False, participants__left_at=None)
        .exclude(worker__worker_id__in=[worker.process for worker in lives])
        .distinct()
        .count(),
    )
    yield GaugeMetricFamily("mitalk_audio_workers_silent", "Audio workers that were not retired", len(silent))
    yield GaugeMetricFamily("mitalk_web_processes_live", "Web processes that live", len(selectors.webs_now(now)))
    yield GaugeMetricFamily("mitalk_jobs_processes_live", "Jobs processes that live", len(selectors.jobs_now(now)))
    first = WebProcess.objects.order_by("started_at").values_list("started_at", flat=True).first()
    beat = JobsProcess.objects.order_by("-beat_at").values_list("beat_at", flat=True).first() or first
    yield GaugeMetricFamily("mitalk_jobs_beat_age_seconds", "Since a job was done by the clock", _seconds(beat, now))
    space = evidence_space.space()
    yield GaugeMetricFamily(
        "mitalk_evidence_taken_ratio", "Of the space that sealed evidence may take", space.used / space.open_to_all
    )
    used = selectors.used_lately(now)
    yield GaugeMetricFamily("mitalk_listener_hours_lately", "In the last hour", used.listener_hours)
    if used.cpu_seconds_an_hour is not None:
        cpu = GaugeMetricFamily(
            "mitalk_listener_hour_cpu_seconds", "Of CPU, in the last hour", used.cpu_seconds_an_hour
        )
        yield cpu


def from_disks() -> Iterator[Metric]:
    """What the disks say, and what was last seen from outside."""
    free = GaugeMetricFamily("mitalk_disk_free_bytes", "Free where a folder is", labels=["folder"])
    size = GaugeMetricFamily("mitalk_disk_size_bytes", "In all where a folder is", labels=["folder"])
    for name in _MEASURED:
        try:
            usage = shutil.disk_usage(nearest(folders()[name]))
        except OSError:
            continue
        free.add_metric([name], usage.free)
        size.add_metric([name], usage.total)
    yield from (free, size, writable(own_disks().states()))
    backup = _backed_up_at()
    if backup is not None:
        yield GaugeMetricFamily("mitalk_backup_age_seconds", "Since the last backup", max(0.0, time.time() - backup))
    seen = outside.seen()
    if seen.certificate_until is not None:
        left = seen.certificate_until - time.time()
        yield GaugeMetricFamily("mitalk_certificate_seconds_left", "Of the certificate that ends first", left)
    if seen.turn_answers is not None:
        yield GaugeMetricFamily("mitalk_turn_up", "Whether the TURN servers answer", float(seen.turn_answers))


def _backed_up_at() -> float | None:
    """When the last whole backup was made; 0 when there should be one and is none."""
    if not settings.BACKUP_DIR:
        return None
    made = making.finished(Path(settings.BACKUP_DIR))
    return made[-1].stat().st_mtime if made else 0.0


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
