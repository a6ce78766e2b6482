"""Commands that are processes of an installation, and that half a production does not have."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class CheckedCommand(BaseCommand):
    """Begins, in production, only where `manage.py check --deploy` finds no error; elsewhere where `check` finds none.

    Raises:
        SystemCheckError: it found some; names them by id and with the remedy.
    """

    def check(self, *args: Any, **kwargs: Any) -> None:
        """Django's own, which runs before `handle`, with those for a deployment where it is one."""
        super().check(*args, **{**kwargs, "include_deployment_checks": settings.CHECK_DEPLOYMENT})
