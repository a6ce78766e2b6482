"""Certificates: of each https origin and TURN server over TLS, as a browser sees them from here, and for how long."""

import time
from collections.abc import Iterator

from django.conf import settings

from config import tls
from config.doctor.finding import Finding, fail, ok, warn

WARN_DAYS, FAIL_DAYS = 21, 5
_DAY = 24 * 3600
_WITHIN_SECONDS = 5.0
_RENEW = "Renew it (certbot renew), reload whoever serves it, and see why that did not happen by itself."


def examine() -> Iterator[Finding]:
    """See the module."""
    for place in tls.places(settings.MITALK_ORIGINS, settings.MITALK_TURN_URLS):
        yield _one(place)


def _one(place: tls.Place) -> Finding:
    host, port = place
    where = f"{host}:{port}"
    try:
        certificate = tls.shown_at(place, within=_WITHIN_SECONDS)
    except (tls.NotReached, tls.NoTls) as error:
        remedy = f"Is the proxy running, and does {host} lead to it?"
        return fail("certificates.served", f"{where} does not speak TLS ({error})", remedy)
    if certificate.problem:
        return fail("certificates.valid", f"{where}: {certificate.problem}", _RENEW)
    days = (certificate.until - time.time()) / _DAY
    what = f"{where} is good for {days:.0f} days"
    if days < FAIL_DAYS:
        return fail("certificates.expiry", what, _RENEW)
    if days < WARN_DAYS:
        return warn("certificates.expiry", what, _RENEW)
    return ok("certificates.expiry", what)
