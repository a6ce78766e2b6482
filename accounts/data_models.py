"""Rows about a person's own data: what they agreed to, what they want to be told, exports, and the end of an account."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """Somebody agreed to one version of a document, or said that they are old enough. Appended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    document = models.CharField(_("document"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10, help_text=_("In which it was read."))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "document", "version"], name="agreed_once_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"


class NotificationChoice(models.Model):
    """Somebody wants messages of a kind by a channel, or does not. Without a row, the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices")
    kind = models.CharField(_("kind"), max_length=30)
    channel = models.CharField(_("how"), max_length=10)
    is_wanted = models.BooleanField(_("wanted"))
    at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("notification choice")
        verbose_name_plural = _("notification choices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_choice_a_kind_and_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.is_wanted}"


class ExportState(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting", _("waiting")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    GONE = "gone", _("deleted")


class DataExport(models.Model):
    """Everything about one person, as a file. It is made in the background and deleted after some days."""

    public_id = models.CharField(max_length=24, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_exports")
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.WAITING)
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    parts_done = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    expires_at = models.DateTimeField(_("deleted on"), null=True, blank=True)
    file_name = models.CharField(max_length=60, blank=True, editable=False, help_text=_("In the private storage."))
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["waiting", "making"]),
                name="one_export_at_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "claimed_at"])]

    def __str__(self) -> str:
        return f"{self.state} {self.requested_at:%Y-%m-%d %H:%M}"


class DeletionState(models.TextChoices):
    """How far the end of an account is."""

    PENDING = "pending", _("can be undone")
    UNDONE = "undone", _("undone")
    ERASING = "erasing", _("being erased")
    ERASED = "erased", _("erased")


class AccountDeletion(models.Model):
    """Somebody deleted their account. Until it is final they can undo it; then a job erases, step by step. What stays is
    this row, without the account: a public id that leads nowhere, and when."""

    public_id = models.CharField(max_length=24, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="deletions", verbose_name=_("who")
    )
    person = models.CharField(_("public id"), max_length=24, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=DeletionState, default=DeletionState.PENDING)
    requested_at = models.DateTimeField(_("asked for"), default=timezone.now)
    final_at = models.DateTimeField(_("final"))
    delayed_by = models.CharField(_("delayed by"), max_length=30, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    steps_done = models.JSONField(_("steps done"), default=list)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("account deletion")
        verbose_name_plural = _("account deletions")
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["pending", "erasing"]),
                name="one_deletion_under_way",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "final_at"])]

    def __str__(self) -> str:
        return f"{self.person} {self.state}"
