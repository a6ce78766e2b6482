"""The jobs: Celery on the filesystem embedded, on Redis in production (REDIS_URL)."""

import os
from datetime import datetime
from importlib import import_module
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, task_prerun
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


@task_prerun.connect
def agree_before_work(task: Task, **_: Any) -> None:
    """Jobs go by the time of all of us."""
    from config.expiring import agree

    if not task.request.is_eager:
        agree()


@before_task_publish.connect
def expire_by_one_clock(headers: dict[str, Any], **_: Any) -> None:
    """When a task expires is said by the time of all of us."""
    from accounts import clock
    from config.expiring import agree

    if headers.get("expires"):
        agree()
        headers["expires"] = (datetime.fromisoformat(headers["expires"]) - clock.ahead()).isoformat()
