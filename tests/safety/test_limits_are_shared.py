"""Limits by count hold for all web processes together: they are kept in the cache, which with Redis is one."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.environment.engines import Redis
from tests.environment.installation import ROOT

_ASK = """
import sys
import django; django.setup()
from allauth.core.internal import ratelimit
from django.test import RequestFactory
request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
sys.stdin.readline()
print(sum(bool(ratelimit.consume(request, app="allauth.account", action="reset_password")) for _ in range(15)))
"""


def test_two_processes_together_are_let_through_as_often_as_one() -> None:
    with tempfile.TemporaryDirectory(prefix="mitalk-limits-") as folder, contextlib.ExitStack() as stack:
        redis = Redis(Path(folder))
        redis.start()
        stack.callback(redis.stop)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.dev", "MITALK_VAR_DIR": folder}
        environment |= {"REDIS_URL": redis.url}
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", _ASK], cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )
            for _ in range(2)
        ]  # fmt: skip
        answers = [process.communicate("\n", timeout=60)[0] for process in processes]
    assert sum(map(int, answers)) == 20  # of reset_password, twenty a minute for an address
