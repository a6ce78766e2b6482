"""Certificates: of each https origin and TURN server over TLS, as a browser sees them from here, and for how long."""

import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from config.doctor.finding import Finding, fail, ok, warn
from config.turn_urls import read_url

WARN_DAYS, FAIL_DAYS = 21, 5
_DAY = 24 * 3600
_WITHIN_SECONDS = 5.0
_RENEW = "Renew it (certbot renew), reload whoever serves it, and see why that did not happen by itself."


def examine() -> Iterator[Finding]:
    """See the module."""
    for host, port in _served():
        yield _one(host, port)


def _served() -> list[tuple[str, int]]:
    origins = [urlsplit(origin) for origin in settings.MITALK_ORIGINS if origin.startswith("https://")]
    turns = [url for url in map(read_url, settings.MITALK_TURN_URLS) if url and url.tls]
    found = [(origin.hostname or "", origin.port or 443) for origin in origins] + [
        (url.host, url.port) for url in turns
    ]
    return list(dict.fromkeys(found))


def _one(host: str, port: int) -> Finding:
    where = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout=_WITHIN_SECONDS) as plain:
            context = ssl.create_default_context()
            with context.wrap_socket(plain, server_hostname=host) as secure:
                certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return fail("certificates.valid", f"{where}: {error.verify_message}", _RENEW)
    except (OSError, ssl.SSLError) as error:
        remedy = f"Is the proxy running, and does {host} lead to it?"
        return fail("certificates.served", f"{where} does not speak TLS ({type(error).__name__})", remedy)
    days = (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / _DAY
    what = f"{where} is good for {days:.0f} days"
    if days < FAIL_DAYS:
        return fail("certificates.expiry", what, _RENEW)
    if days < WARN_DAYS:
        return warn("certificates.expiry", what, _RENEW)
    return ok("certificates.expiry", what)
