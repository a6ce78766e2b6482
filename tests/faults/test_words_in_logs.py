"""Nobody's words, name, address, code or cookie is in what the processes log, whatever fails with them in hand."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from aiortc import RTCCertificate

from rooms.domain import messages
from tests.environment.failing import HEADER
from tests.environment.installation import Installation
from tests.faults.conftest import HOST, LISTENER, Hall
from tests.faults.visitor import until

CHAT, LINE, SEARCH, FORM, NOTE = "quokkachat", "quokkahand", "quokkasearch", "quokkaform", "quokkanote"
ADDRESS = "quokka.planted@example.org"


@pytest.fixture(scope="module")
def failing() -> Iterator[Installation]:
    with Installation(DJANGO_SETTINGS_MODULE="tests.environment.failing_settings", MITALK_LOG_JSON="1") as running:
        yield running


class Site:
    """Somebody at the pages, without a browser."""

    def __init__(self, installation: Installation, cookie: str = "") -> None:
        self.session = requests.Session()
        self._url = installation.url
        if cookie:
            self.session.cookies.set("sessionid", cookie)

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(self._url + path, timeout=20, **options)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
        token = {"csrfmiddlewaretoken": self.session.cookies.get("csrftoken", "")}
        sent = {"Referer": self._url + path, **(headers or {})}
        return self.session.post(self._url + path, data={**fields, **token}, headers=sent, timeout=20)


def code_in_mail(installation: Installation, address: str) -> str:
    """The sign-in code that went to an address."""

    def mail() -> str:
        texts = [path.read_text() for path in (Path(installation.environment["MITALK_VAR_DIR"]) / "mail").glob("*")]
        return next((text for text in texts if f"To: {address}" in text), "")

    installation.until(lambda: bool(mail()), "mail")
    codes = re.findall(r"^([A-Z0-9]{4,8}(?:-[A-Z0-9]{3,4})?)$", mail(), re.MULTILINE)
    assert codes, mail()
    return codes[0]


async def test_nobodys_words_are_in_the_logs_whatever_fails(failing: Installation, identity: RTCCertificate) -> None:
    hall = Hall(failing, identity)
    secrets = [CHAT, LINE, SEARCH, FORM, NOTE, ADDRESS, *hall.emails.values(), *hall.sessions.values()]
    names = [HOST, LISTENER]

    # In a room: chat, a hand with a line, a command that fails with both in its exception.
    _host, listener = await hall.enter(HOST, LISTENER)
    await listener.command(messages.ChatSay.type, text=CHAT)
    await listener.command(messages.HandRaise.type, line=LINE)
    assert await listener.refused(messages.HandLower.type) == "server_error"

    # Signing in by a code from mail.
    address = hall.emails[LISTENER]
    failing.backstage.ask("prove_address", email=address)
    stranger = Site(failing)
    stranger.get("/accounts/login/code/")
    stranger.post("/accounts/login/code/", email=address)
    code = code_in_mail(failing, address)
    secrets.append(code)
    stranger.get("/accounts/login/code/confirm/")
    stranger.post("/accounts/login/code/confirm/", code=code)
    assert "sessionid" in stranger.session.cookies
    secrets += [stranger.session.cookies["sessionid"], stranger.session.cookies["csrftoken"]]

    # Invites: one bound to an address, with a note; one that is looked at; and one that is none.
    failing.manage("create_invite", "--email", ADDRESS, "--sponsor", hall.emails[HOST], "--note", NOTE)
    made = failing.manage("create_invite")
    link = re.search(r"/i/([^/\s]+)/", made)
    assert link is not None
    secrets.append(link[1])
    Site(failing).get(link[0])
    Site(failing).get("/i/ZZZZZZZZZZZZZZZZZZZZZZZZ/")
    secrets.append("ZZZZZZZZZZZZZZZZZZZZZZZZ")

    # Views and jobs that fail with a form, a query and cookies in hand.
    member = Site(failing, hall.sessions[HOST])
    member.get("/search/", params={"q": SEARCH})
    broken = member.post("/accounts/login/?next=/search/%3Fq=" + SEARCH, {HEADER: "view"}, login=ADDRESS, password=FORM)
    assert broken.status_code == 500
    assert re.fullmatch("[0-9a-f]{32}", broken.headers["X-Request-ID"])
    guest = Site(failing)
    guest.get("/accounts/login/")
    for_job = guest.post("/accounts/login/", {HEADER: "job"}, login=ADDRESS, password=FORM)
    assert for_job.status_code == 200  # no other request follows, which would make a job of its own

    def lines() -> list[dict]:
        texts = [line.partition("│")[2].strip() for line in failing.output().splitlines()]
        return [json.loads(text) for text in texts if text.startswith("{")]

    def having(**fields: str) -> list[dict]:
        return [line for line in lines() if all(line.get(name) == value for name, value in fields.items())]

    task = "tests.environment.failing.fail_in_a_job"
    await until(lambda: having(event="job.failed", task=task), "a job failed", within=20)

    # What failed was logged, by ids that lead there; the page and the log agree.
    (failure,) = having(event="live.command_failed")
    assert (failure["room"], failure["command"]) == (hall.room, messages.HandLower.type)
    assert failure["connection"]
    assert "failing.py" in failure["exception"]
    assert "ValueError" in failure["exception"]
    assert having(request_id=broken.headers["X-Request-ID"])
    (job,) = {(job["task_id"], job["request_id"]) for job in having(event="job.failed", task=task)}
    assert job[1] == for_job.headers["X-Request-ID"]

    said = failing.output()
    assert [secret for secret in secrets + names if secret in said] == []
