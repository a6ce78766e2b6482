"""Text messages, through the backend that `settings.SMS_BACKEND` names."""

import sys
from typing import Protocol
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.module_loading import import_string
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

_CONNECT_SECONDS, _READ_SECONDS = 3.0, 10.0
_RETRIES = 2
_REFUSED_FOR_GOOD = {400, 404, 410, 422}  # of this message; what is wrong with us (401, 403) may be put right


class SmsFailed(Exception):
    """It was not taken. `code` is stable; `for_good`: trying again is of no use."""

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.for_good = for_good


class SmsBackend(Protocol):
    """Sends one message. `key` is the same for every try of it, so that a gateway may tell a repetition."""

    def send(self, to: str, text: str, key: str) -> None:
        """Send, or raise `SmsFailed`."""


class ConsoleBackend:
    """Prints a message, for an installation on one machine."""

    def send(self, to: str, text: str, key: str) -> None:
        """Print it."""
        lines = ["", f"┌ text message to {to}", *(f"│ {line}" for line in text.strip().splitlines()), "└", ""]
        sys.stdout.write("\n".join(lines))
        sys.stdout.flush()


class HttpBackend:
    """Hands a message to a gateway: POST of JSON with `to`, `from`, `text`, `id`; the token as a bearer's, the id also as
    `Idempotency-Key`. Taken is any 2xx; of a refusal the code is `http_<status>`, or the answer's own `code`."""

    def send(self, to: str, text: str, key: str) -> None:
        """Send; a gateway that is busy or away is asked again at once a few times, later by the outbox."""
        message = {"to": to, "from": settings.SMS_FROM, "text": text, "id": key}
        headers = {"Idempotency-Key": key}
        if settings.SMS_TOKEN:
            headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
        try:
            with self._session() as session:
                response = session.post(
                    settings.SMS_URL,
                    json=message,
                    headers=headers,
                    timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                    allow_redirects=False,  # numbers and codes go to the gateway that was named
                )
        except requests.Timeout as error:
            raise SmsFailed("sms_timeout") from error
        except requests.RequestException as error:
            raise SmsFailed("sms_unreachable") from error
        if not 200 <= response.status_code < 300:
            raise SmsFailed(_code_of(response), for_good=response.status_code in _REFUSED_FOR_GOOD)

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        again = Retry(
            total=_RETRIES,
            read=False,  # it may have been taken
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=None,  # POST too: the id makes it safe
            backoff_factor=settings.SMS_RETRY_SECONDS,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        session.mount(f"{urlsplit(settings.SMS_URL).scheme}://", HTTPAdapter(max_retries=again))
        return session


def _code_of(response: requests.Response) -> str:
    try:
        own = response.json().get("code", "")
    except (ValueError, AttributeError):
        own = ""
    usable = isinstance(own, str) and own.isascii() and own.replace("_", "").replace("-", "").isalnum()
    return f"gateway_{own[:30]}" if usable else f"http_{response.status_code}"


def backend() -> SmsBackend:
    """The one that was chosen."""
    return import_string(settings.SMS_BACKEND)()
