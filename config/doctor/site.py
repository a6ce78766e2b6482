"""The site as a browser finds it: over https, a page that answers, a WebSocket that opens."""

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from django.conf import settings
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from config.doctor.finding import Finding, fail, ok

_WITHIN_SECONDS = 10
_LOCAL = ("localhost", "127.0.0.1", "::1")


def examine() -> Iterator[Finding]:
    """See the module."""
    for origin in _origins():
        if origin.startswith("http://") and urlsplit(origin).hostname not in _LOCAL:
            remedy = "Put a proxy with a certificate in front (deploy/nginx), and https:// in MITALK_ORIGINS."
            yield fail("site.https", f"{origin}: browsers give it no microphone", remedy)
        page = _page(origin)
        yield page
        if page.id == "site.page" and not page.remedy:
            yield _socket(origin)


def _origins() -> list[str]:
    """One of localhost's names is enough."""
    names = [origin for origin in settings.MITALK_ORIGINS if urlsplit(origin).hostname not in _LOCAL]
    return names or settings.MITALK_ORIGINS[:1]


def _page(origin: str) -> Finding:
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"{origin}/", timeout=_WITHIN_SECONDS, allow_redirects=False, verify=_authorities())
    except requests.exceptions.SSLError:
        return fail("site.certificate", f"{origin}: its certificate is not accepted", "See certificates.")
    except requests.RequestException as error:
        remedy = "Is the proxy running, and a web process behind it?"
        return fail("site.reachable", f"{origin} does not answer ({type(error).__name__})", remedy)
    if answer.is_redirect and answer.headers.get("Location", "").startswith(origin):
        remedy = "The proxy must set X-Forwarded-Proto, and MITALK_PROXY_COUNT must count it."
        return fail("site.page", f"{origin} leads to itself for ever", remedy)
    if answer.status_code != requests.codes.ok:
        remedy = "Look into the log of the proxy and of web; a 400 means that the proxy does not hand on Host."
        return fail("site.page", f"{origin} answers {answer.status_code}", remedy)
    return ok("site.page", f"{origin} answers")


def _socket(origin: str) -> Finding:
    address = "ws" + origin.removeprefix("http") + "/ws/check/"
    try:
        with connect(address, origin=Origin(origin), open_timeout=_WITHIN_SECONDS, proxy=None) as socket:
            socket.recv(timeout=_WITHIN_SECONDS)
    except (WebSocketException, OSError, TimeoutError) as error:
        remedy = "The proxy must hand on Upgrade, Connection and Origin for /ws/ (deploy/nginx)."
        return fail("site.socket", f"{address} does not open ({type(error).__name__})", remedy)
    return ok("site.socket", f"{address} opens")


def _authorities() -> str | bool:
    """Those of this machine, as for the other examinations; requests would take its own."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True
