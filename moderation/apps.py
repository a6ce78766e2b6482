"""How rooms stay fit to be in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports, evidence and sanctions will live here, above the apps they judge."""

    name = "moderation"
    verbose_name = _("Moderation")
