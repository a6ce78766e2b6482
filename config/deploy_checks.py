"""System checks of `check --deploy`: half a production is refused, each time by an id and with its remedy."""

import ipaddress
import re
from email.utils import parseaddr
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from config.turn_urls import read_url

_EVERYWHERE = {"localhost", "localhost.localdomain"}


@register(Tags.security, deploy=True)
def check_proxy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E030: the web process speaks no TLS, so https means that a proxy stands in front."""
    secure = any(origin.startswith("https://") for origin in settings.MITALK_ORIGINS)
    if not secure or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    return [
        Error(
            "MITALK_ORIGINS are https, so a proxy stands in front, but MITALK_PROXY_COUNT is 0: everybody would have the "
            "proxy's address, and share its limits of tries, and each page would be sent to https for ever.",
            hint="Set MITALK_PROXY_COUNT to how many proxies of yours add to X-Forwarded-For: 1 with deploy/nginx.",
            id="mitalk.E030",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_turn(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E031, W032, E033: a TURN server, whole or not at all."""
    urls, secret = settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET
    if not urls and not secret:
        hint = "Set up coturn (deploy/coturn), MITALK_TURN_URLS and MITALK_TURN_SECRET."
        return [Warning("Networks that let no UDP through hear nothing.", hint=hint, id="mitalk.W032")]
    if not urls or not secret:
        missing = "MITALK_TURN_SECRET" if urls else "MITALK_TURN_URLS"
        hint = "Set both, or neither; the secret is the server's static-auth-secret."
        return [Error(f"{missing} is not set: nobody would use the TURN server.", hint=hint, id="mitalk.E031")]
    return [
        Error(
            f"{url!r} in MITALK_TURN_URLS is no address of a TURN server.",
            hint="Write it like turn:turn.example.org:3478 or turns:turn.example.org:5349?transport=tcp",
            id="mitalk.E033",
        )
        for url in urls
        if read_url(url) is None
    ]


@register(Tags.caches, deploy=True)
def check_shared_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E034: limits of tries are counted in the cache."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not settings.REDIS_URL or not re.search(r"locmem|dummy", backend):
        return []
    hint = "Leave CACHES as config/settings/base.py makes it of REDIS_URL."
    return [
        Error(
            "Each process has a cache of its own: limits of tries would be counted by each.",
            hint=hint,
            id="mitalk.E034",
        )
    ]


@register(Tags.database, deploy=True)
def check_pool(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E035: a pool that works and heals."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        return []
    pooled = database.get("OPTIONS", {}).get("pool")
    if pooled and not database.get("CONN_MAX_AGE") and database.get("CONN_HEALTH_CHECKS"):
        return []
    hint = "Leave DATABASES as config/settings/base.py makes it of DATABASE_URL (pool, CONN_MAX_AGE 0, health checks)."
    return [
        Error(
            "PostgreSQL is not used through a pool that tries its connections: a restart of it would break pages.",
            hint=hint,
            id="mitalk.E035",
        )
    ]


@register(Tags.security, deploy=True)
def check_evidence_is_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E036, E037: rings, evidence and keys are in no backup, in nothing served, and not beside what they open."""
    found: list[CheckMessage] = []
    kept = {
        "MITALK_RING_DIR": settings.MITALK_RING_DIR,
        "MITALK_RING_KEYS_DIR": settings.MITALK_RING_KEYS_DIR,
        "MITALK_EVIDENCE_DIR": settings.MITALK_EVIDENCE_DIR,
        "MITALK_EVIDENCE_KEYS_DIR": settings.MITALK_EVIDENCE_KEYS_DIR,
    }
    elsewhere: list[Any] = [settings.MEDIA_ROOT, settings.PRIVATE_DIR, settings.STATIC_ROOT, settings.BACKUP_DIR]
    for (name, folder), other in product(kept.items(), filter(None, elsewhere)):
        if _lies_in(folder, other):
            hint = f"Set {name} to a folder that is neither served nor backed up."
            found.append(Error(f"{name} lies in {other}, which is served or backed up.", hint=hint, id="mitalk.E036"))
    for what in ("RING", "EVIDENCE"):
        files, keys = kept[f"MITALK_{what}_DIR"], kept[f"MITALK_{what}_KEYS_DIR"]
        if _lies_in(keys, files) or _lies_in(files, keys):
            hint = f"Set MITALK_{what}_KEYS_DIR to a folder beside MITALK_{what}_DIR, better on another disk."
            found.append(Error(f"The keys of {files} lie with what they open.", hint=hint, id="mitalk.E037"))
    return found


def _lies_in(folder: str | Path, other: str | Path) -> bool:
    return Path(folder).resolve().is_relative_to(Path(other).resolve())


@register(Tags.security, deploy=True)
def check_backup_folder(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E038: a backup that lies in what it copies grows for ever, and may be served."""
    if not settings.BACKUP_DIR:
        return []
    copied = (settings.MEDIA_ROOT, settings.PRIVATE_DIR, settings.STATIC_ROOT)
    inside = [folder for folder in copied if _lies_in(settings.BACKUP_DIR, folder)]
    if not inside:
        return []
    hint = "Set MITALK_BACKUP_DIR to a folder of its own, better on another machine's disk."
    return [Error(f"MITALK_BACKUP_DIR lies in {inside[0]}.", hint=hint, id="mitalk.E038")]


@register(Tags.compatibility, deploy=True)
def check_udp_bind(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E039: a worker must hear what is sent to its public address."""
    try:
        bind = ipaddress.ip_address(settings.MITALK_UDP_BIND)
    except ValueError:
        hint = "Leave MITALK_UDP_BIND out (0.0.0.0), or set it to an address of this machine."
        return [
            Error(f"MITALK_UDP_BIND is not an IP address: {settings.MITALK_UDP_BIND!r}.", hint=hint, id="mitalk.E039")
        ]
    try:
        public = ipaddress.ip_address(settings.MITALK_PUBLIC_IP)
    except ValueError:
        return []  # mitalk.E005
    if not bind.is_loopback or public.is_loopback:
        return []
    hint = "Leave MITALK_UDP_BIND out (0.0.0.0), or set it to the address that MITALK_PUBLIC_IP leads to."
    return [Error(f"The audio worker listens on {bind}: nothing from outside reaches it.", hint=hint, id="mitalk.E039")]


@register(Tags.security, deploy=True)
def check_sender(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W040: mail from localhost is thrown away."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    if domain and domain not in _EVERYWHERE and "." in domain:
        return []
    hint = (
        "Set MITALK_MAIL_FROM, such as 'MiTalk <no-reply@talk.example.org>': a domain that your mail server sends for."
    )
    return [Warning(f"Mail would come from {settings.DEFAULT_FROM_EMAIL!r}: it is spam.", hint=hint, id="mitalk.W040")]


@register(Tags.security, deploy=True)
def check_what_is_told_in_the_clear(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E041: who is told of reports, and who says who somebody is, is spoken to over TLS."""
    providers = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    told = [("MITALK_PAGE_WEBHOOK", settings.MITALK_PAGE_WEBHOOK)]
    told += [("MITALK_OPENID_SERVER", app["settings"]["server_url"]) for app in providers]
    return [
        Error(f"{name} would be spoken to in the clear.", hint=f"Set {name} to an https:// address.", id="mitalk.E041")
        for name, address in told
        if address and not address.startswith("https://")
    ]


@register(Tags.security, deploy=True)
def check_keys_differ(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E042: the secret is changed when it leaked; what is encrypted must not hang on it."""
    if settings.SECRET_KEY not in settings.DATA_KEYS:
        return []
    hint = "Make another for MITALK_DATA_KEYS, put it in front, keep the former one, and run manage.py reseal."
    return [Error("MITALK_DATA_KEYS holds MITALK_SECRET_KEY.", hint=hint, id="mitalk.E042")]


@register(Tags.security, deploy=True)
def check_redis_is_ours_alone(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E045: whoever speaks to Redis says who may be heard, and is told what passes."""
    parts = urlsplit(settings.REDIS_URL)
    if not settings.REDIS_URL or parts.password or parts.scheme == "unix" or _is_this_machine(parts.hostname or ""):
        return []
    hint = "Give Redis a password (requirepass) and write it into REDIS_URL: rediss://:password@host:6379/0"
    return [Error("Redis is on another machine and asks for no password.", hint=hint, id="mitalk.E045")]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _EVERYWHERE


@register(Tags.compatibility, deploy=True)
def check_time_zone(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E043: all that is stored and planned is in UTC; people see their own clocks."""
    if settings.USE_TZ and settings.TIME_ZONE == "UTC" and settings.CELERY_TIMEZONE == "UTC":
        return []
    hint = "Leave USE_TZ, TIME_ZONE and CELERY_TIMEZONE as config/settings/base.py has them."
    return [Error("The installation does not reckon in UTC.", hint=hint, id="mitalk.E043")]


@register(Tags.security, deploy=True)
def check_debug(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E044: Django only warns of it (security.W018), but its pages show settings and what people sent."""
    if not settings.DEBUG:
        return []
    hint = "Use DJANGO_SETTINGS_MODULE=config.settings.prod, and leave MITALK_DEBUG out."
    return [Error("Debug pages are on.", hint=hint, id="mitalk.E044")]
