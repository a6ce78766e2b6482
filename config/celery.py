"""The jobs: Celery on the filesystem embedded, on Redis in production (REDIS_URL)."""

import os
from contextlib import suppress
from importlib import import_module
from typing import Any

from celery import Celery, Task
from celery.signals import task_prerun
from django.conf import settings
from django.db import DatabaseError

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


@task_prerun.connect
def agree_before_work(task: Task, **_: Any) -> None:
    """Jobs go by the time of all of us."""
    from accounts import clock

    if not task.request.is_eager:
        with suppress(DatabaseError):  # it is away: what was agreed on last holds
            clock.agree()
