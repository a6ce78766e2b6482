"""Versions of documents that staff wrote in the admin. Appended: the database lets nobody change one."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MOST_LETTERS = 20_000


class DocumentVersion(models.Model):
    """One version of a document in three languages, as it was written: see accounts.own_data.rules for how it reads. It holds
    from the day that its version begins with. Who published it is in the audit log."""

    name = models.CharField(_("document"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    text_en = models.TextField(_("in English"), max_length=MOST_LETTERS)
    text_zh = models.TextField(_("in Chinese"), max_length=MOST_LETTERS)
    text_ko = models.TextField(_("in Korean"), max_length=MOST_LETTERS)
    at = models.DateTimeField(_("published"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("version of the community rules")
        verbose_name_plural = _("community rules")
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "version"], name="a_version_is_written_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def text(self, language: str) -> str:
        """As it was written in a language of pages."""
        found: str = {"zh-hans": self.text_zh, "ko": self.text_ko}.get(language, self.text_en)
        return found
