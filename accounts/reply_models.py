"""What staff answer to many: words in three languages."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_WORDS = 1000


class ThreeLanguages(models.Model):
    """A template of a reply; each reads it in their own language. What it is for, `kind`, is said by the model made of
    this."""

    name = models.CharField(_("name"), max_length=60, help_text=_("For staff."))
    text_en = models.TextField(_("English"), max_length=MOST_WORDS)
    text_zh = models.TextField(_("Chinese"), max_length=MOST_WORDS)
    text_ko = models.TextField(_("Korean"), max_length=MOST_WORDS)

    class Meta:
        abstract = True
        ordering: ClassVar = ["kind", "name"]

    def __str__(self) -> str:
        return self.name

    def text(self, language: str) -> str:
        """In a language as Django calls it."""
        return {"zh-hans": self.text_zh, "ko": self.text_ko}.get(language, self.text_en)
