"""System checks: a misconfiguration that would hurt is named before anybody is hurt, with its remedy."""

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LEAST_SECRET_LETTERS = 50


@register(Tags.security)
def check_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E001: sessions and invite codes hang on the secret."""
    if len(settings.SECRET_KEY) >= LEAST_SECRET_LETTERS:
        return []
    return [
        Error(
            "MITALK_SECRET_KEY is missing or short.",
            hint="Set it to 50 random letters or more: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="mitalk.E001",
        )
    ]


@register(Tags.security)
def check_origins(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E002, E003: who may open a WebSocket, to the letter."""
    if not settings.MITALK_ORIGINS:
        hint = "Set MITALK_ORIGINS to the addresses people type, such as https://talk.example.org"
        return [Error("No origin is listed, so no page could open a room.", hint=hint, id="mitalk.E002")]
    return [
        Error(
            f"{origin!r} in MITALK_ORIGINS is not scheme://host or scheme://host:port.",
            hint="Write it as browsers send it: lower case, no path, no slash at the end, no default port.",
            id="mitalk.E003",
        )
        for origin in settings.MITALK_ORIGINS
        if not _is_origin(origin)
    ]


def _is_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return (
        default is not None
        and bool(parts.hostname)
        and port != default
        and origin == origin.lower()
        and origin == f"{parts.scheme}://{parts.netloc}"
        and "@" not in parts.netloc
    )


@register(Tags.security, deploy=True)
def check_https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E004: browsers give no microphone to a page without HTTPS."""
    plain = [origin for origin in settings.MITALK_ORIGINS if origin.startswith("http://")]
    if not plain:
        return []
    return [
        Error(
            f"{', '.join(plain)}: browsers give no microphone to pages without HTTPS, except on localhost.",
            hint="Serve MiTalk behind a proxy with a certificate and list https:// origins in MITALK_ORIGINS.",
            id="mitalk.E004",
        )
    ]


@register(Tags.compatibility)
def check_public_ip(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E005: browsers send the sound to this address."""
    try:
        address = ipaddress.ip_address(settings.MITALK_PUBLIC_IP)
    except ValueError:
        hint = "Set MITALK_PUBLIC_IP to the address of this machine that browsers can reach."
        return [
            Error(f"MITALK_PUBLIC_IP is not an IP address: {settings.MITALK_PUBLIC_IP!r}.", hint=hint, id="mitalk.E005")
        ]
    if address.is_unspecified or address.is_multicast:
        hint = "0.0.0.0 is for MITALK_UDP_BIND; MITALK_PUBLIC_IP is what browsers are told to send to."
        return [Error(f"Nobody can send to {address}.", hint=hint, id="mitalk.E005")]
    return []


@register(Tags.compatibility, deploy=True)
def check_public_ip_is_public(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W006: an address of this machine only."""
    try:
        loopback = ipaddress.ip_address(settings.MITALK_PUBLIC_IP).is_loopback
    except ValueError:
        return []
    if not loopback:
        return []
    hint = (
        "Set MITALK_PUBLIC_IP to the address of this machine that browsers can reach, and open MITALK_UDP_PORT for UDP."
    )
    return [
        Warning(
            "MITALK_PUBLIC_IP is a loopback address: only browsers on this machine would hear anything.",
            hint=hint,
            id="mitalk.W006",
        )
    ]


@register(Tags.database, deploy=True)
def check_engines(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W007, E008: half of production is worse than none."""
    found: list[CheckMessage] = []
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if sqlite and not settings.REDIS_URL:
        found.append(
            Warning(
                "SQLite and the local bus carry one web process on one machine.",
                hint="Set DATABASE_URL (postgres://…) and REDIS_URL (redis://…) to grow.",
                id="mitalk.W007",
            )
        )
    elif sqlite or not settings.REDIS_URL:
        missing = "DATABASE_URL" if sqlite else "REDIS_URL"
        found.append(
            Error(
                f"{missing} is not set, although the other engine is: several processes would not see each other.",
                hint="Set both DATABASE_URL and REDIS_URL, or neither.",
                id="mitalk.E008",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W010: whoever guesses the password of one of the staff sees everything."""
    if settings.MITALK_STAFF_SECOND_FACTOR:
        return []
    hint = "Leave MITALK_STAFF_SECOND_FACTOR out, or set it to true."
    return [Warning("The staff's pages open by a password alone.", hint=hint, id="mitalk.W010")]


@register(Tags.security, deploy=True)
def check_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W009: codes and invites go by mail."""
    if "smtp" in settings.EMAIL_BACKEND:
        return []
    hint = "Set MITALK_MAIL_URL, such as smtp+tls://user:password@mail.example.org:587"
    return [Warning("Mail goes to the terminal: nobody will receive a code or an invite.", hint=hint, id="mitalk.W009")]


@register(Tags.security)
def check_data_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E013: phone numbers are kept encrypted."""
    if settings.DATA_KEYS and all(len(key) >= LEAST_SECRET_LETTERS for key in settings.DATA_KEYS):
        return []
    hint = (
        "Set it to 50 random letters or more, another than the secret, today's first, separated by commas: "
        "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )
    return [Error("MITALK_DATA_KEYS is missing or holds a short key.", hint=hint, id="mitalk.E013")]


@register(Tags.security)
def check_private_folder(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.E014: nothing that is served holds members' documents."""
    private = Path(settings.PRIVATE_DIR).resolve()
    served: list[Any] = [settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS]
    if not any(private.is_relative_to(Path(folder).resolve()) for folder in served if folder):
        return []
    hint = "Set MITALK_PRIVATE_DIR to a folder of its own, away from static files."
    return [Error("Members' documents would lie where files are served from.", hint=hint, id="mitalk.E014")]


@register(Tags.security, deploy=True)
def check_sms(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """mitalk.W011, E012: codes and invites go by text message too."""
    if settings.SMS_BACKEND.endswith("ConsoleBackend"):
        hint = "Set MITALK_SMS_BACKEND=http, MITALK_SMS_URL and MITALK_SMS_TOKEN, or leave phones out."
        return [Warning("Text messages go to the terminal: no phone will receive one.", hint=hint, id="mitalk.W011")]
    if settings.SMS_BACKEND.endswith("HttpBackend") and not settings.SMS_URL.startswith("https://"):
        hint = "Set MITALK_SMS_URL to the https:// address of your gateway."
        return [Error("Numbers and codes would go to the SMS gateway in the clear.", hint=hint, id="mitalk.E012")]
    return []
