"""The jobs: Celery on the filesystem embedded, on Redis in production (REDIS_URL)."""

import os
from importlib import import_module
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("mitalk", task_cls="config.jobs:MeasuredTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
import_module("config.jobs")  # its signals


@app.on_after_configure.connect
def make_folders(**_: Any) -> None:
    """The filesystem broker, and beat everywhere, expect their folders to exist."""
    for folder in (settings.VAR_DIR / "jobs" / "queue", settings.VAR_DIR / "jobs" / "control"):
        folder.mkdir(parents=True, exist_ok=True)
