"""What is logged: codes and ids, nobody's words, name, address or secret."""

import json
import logging
import subprocess
import sys

import pytest
from django.conf import settings

from rooms.seeing.logs import logging_settings

SECRETS = ("amara@example.org", "QHHAVM3K8DQ6TQRBAJRYE2Z8", "calendar-secret")
SCRIPT = """
import logging.config
from rooms.seeing.logs import logging_settings
logging.config.dictConfig(logging_settings(as_json={as_json}))
def fail():
    address = "amara@example.org"
    raise ValueError("broken")
try:
    fail()
except ValueError:
    logging.getLogger("rooms").exception("live.command_failed", extra={{"command": "room.join"}})
logging.getLogger("django.request").warning("Not Found: %s", "/i/QHHAVM3K8DQ6TQRBAJRYE2Z8/")
logging.getLogger("django.request").warning("Not Found: /i/QHHAVM3K8DQ6TQRBAJRYE2Z8/accept/")
logging.getLogger("django.request").warning("Not Found: /calendar/calendar-secret.ics")
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_tracebacks_show_no_values_and_paths_no_secrets(as_json: bool) -> None:
    command = [sys.executable, "-c", SCRIPT.format(as_json=as_json)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert "live.command_failed" in done.stderr
    assert "ValueError" in done.stderr
    assert "/i/…" in done.stderr or "/i/\\u2026" in done.stderr
    # The line of code is in a traceback, the value of a variable is not.
    assert not any(secret in done.stderr.replace('address = "amara@example.org"', "") for secret in SECRETS)


def test_one_line_an_event_for_machines() -> None:
    formatter = logging_settings(as_json=True)["formatters"]["structured"]
    handler = logging.StreamHandler()
    made = formatter["()"](processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"])
    handler.setFormatter(made)
    record = logging.LogRecord("rooms", logging.INFO, __file__, 1, "room.opened", (), None)
    assert handler.format(record).startswith("{")
    assert "\n" not in handler.format(record)


LIBRARIES = """
import logging.config, structlog
from rooms.seeing.logs import logging_settings
logging.config.dictConfig(logging_settings(as_json=True))
error = ValueError("quokka")
structlog.get_logger("rooms").info("room.opened", room="r1")
logging.getLogger("daphne.server").error("Exception inside application: %s", error, exc_info=error)
logging.getLogger("daphne").error('Traceback (most recent call last):\\n  File "x.py", line 3, in y\\nValueError: quokka')
logging.getLogger("daphne").error(error)
logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: <Task exception=ValueError('quokka')>")
logging.getLogger("celery.app.trace").error("%(name)s: %(exc)s", {"name": "a.task", "id": "1", "exc": "quokka"})
logging.getLogger("rooms").info("live.command_failed", extra={"command": "chat.say", "words": "quokka"})
"""


def test_what_libraries_say_of_an_exception_is_its_kind() -> None:
    command = [sys.executable, "-c", LIBRARIES]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["event"] for event in events] == [
        "room.opened",
        "Exception inside application: ValueError",
        'Traceback (most recent call last): | File "x.py", line 3, in y',
        "daphne: ValueError",
        "Task exception was never retrieved",
        "job.failed",
        "live.command_failed",
    ]
    assert (events[0]["room"], events[5]["task"], events[6]["command"]) == ("r1", "a.task", "chat.say")
    assert "quokka" not in done.stderr
