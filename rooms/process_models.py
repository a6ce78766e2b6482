"""What processes leave behind for operators: what audio workers used, and that the jobs are done."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkerMinute(models.Model):
    """What one audio worker did in one minute, by address: a restart goes on in the same row. Written every few seconds."""

    public_ip = models.GenericIPAddressField(_("address"))
    udp_port = models.PositiveIntegerField(_("UDP port"))
    at = models.DateTimeField(_("minute"))
    written_at = models.DateTimeField(_("last written"), default=timezone.now)
    rooms = models.PositiveIntegerField(_("rooms"), default=0)  # as of then
    peers = models.PositiveIntegerField(_("connections"), default=0)  # as of then
    peer_seconds = models.FloatField(_("seconds of listening"), default=0.0)
    cpu_seconds = models.FloatField(_("seconds of CPU"), default=0.0)
    sent_bytes = models.BigIntegerField(_("bytes sent"), default=0)
    ticks = models.PositiveIntegerField(_("ticks"), default=0)
    ticks_skipped = models.PositiveIntegerField(_("ticks given up"), default=0)
    lateness_ms = models.FloatField(_("tick lateness"), default=0.0)  # the worst of its readings; -1: beyond measure

    class Meta:
        verbose_name = _("minute of a worker")
        verbose_name_plural = _("minutes of workers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_ip", "udp_port", "at"], name="one_row_a_worker_and_minute"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="minutes_by_time")]

    def __str__(self) -> str:
        return f"{self.public_ip}:{self.udp_port} {self.at:%Y-%m-%d %H:%M}"


class JobsProcess(models.Model):
    """A process that does jobs. It says so by doing one, so a beat means: clock, broker and jobs work."""

    name = models.CharField(_("process"), max_length=120, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    beat_at = models.DateTimeField(_("last heard of"), default=timezone.now)

    class Meta:
        verbose_name = _("jobs process")
        verbose_name_plural = _("jobs processes")

    def __str__(self) -> str:
        return self.name
