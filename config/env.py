"""The environment, read once and typed: every setting that an operator can give has its one line here."""

import contextlib
import ipaddress
import os
import secrets
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
_env = environ.Env()


def text(name: str, default: str = "") -> str:
    """A string."""
    return _env.str(name, default=default).strip()


def required(name: str, meaning: str) -> str:
    """A string that nothing can stand in for.

    Raises:
        ImproperlyConfigured: it is not set.
    """
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it to {meaning}.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A yes or no: 1/0, true/false, yes/no, on/off."""
    return _env.bool(name, default=default)


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number within [least, most].

    Raises:
        ImproperlyConfigured: not a number, or outside.
    """
    raw = os.environ.get(name, "").strip()
    try:
        value = int(raw) if raw else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from error
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {value}.")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder, absolute or from where MiTalk is."""
    given = text(name)
    return BASE_DIR / given if given else default


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of some words; the first when nothing is set.

    Raises:
        ImproperlyConfigured: another word.
    """
    value = text(name) or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in _env.list(name, default=list(default)) if word.strip()]


def numbers_of_prefixes(name: str, default: str) -> dict[str, int]:
    """How many for which phone prefix: `+82=500,+1876=0,*=100`. The star is each country that is not named.

    Raises:
        ImproperlyConfigured: not of this form.
    """
    found = {}
    for word in words(name) or [default]:
        prefix, is_given, number = word.partition("=")
        is_prefix = prefix == "*" or (prefix[:1] == "+" and prefix[1:].isdecimal())
        if not (is_given and is_prefix and number.isdecimal()):
            raise ImproperlyConfigured(f"{name} must be like +82=500,+1876=0,*=100; {word!r} is not.")
        found[prefix] = int(number)
    return found


def networks(name: str) -> list[str]:
    """Networks in the form of `10.0.0.0/8`, separated by commas.

    Raises:
        ImproperlyConfigured: one of them is none.
    """
    for word in (found := words(name)):
        try:
            ipaddress.ip_network(word)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be networks like 10.0.0.0/8; {word!r} is none.") from error
    return found


def price(name: str) -> tuple[Decimal, str] | None:
    """A price and its currency, such as `0.04 EUR`; None without one.

    Raises:
        ImproperlyConfigured: not of this form.
    """
    given = text(name)
    if not given:
        return None
    number, _, currency = given.partition(" ")
    try:
        return abs(Decimal(number)), currency.strip()
    except InvalidOperation as error:
        raise ImproperlyConfigured(f"{name} must be like 0.04 EUR, not {given!r}.") from error


def open_id() -> dict[str, dict]:
    """The OpenID Connect provider, such as LinkedIn, that the environment names, as allauth wants it; nothing without one.

    Raises:
        ImproperlyConfigured: it is named by half.
    """
    server = text("MITALK_OPENID_SERVER")
    if not server:
        return {}
    app = {
        "provider_id": "openid",
        "name": text("MITALK_OPENID_NAME") or "OpenID",
        "client_id": required(
            "MITALK_OPENID_CLIENT", "the client id that the provider of MITALK_OPENID_SERVER gave you"
        ),
        "secret": required("MITALK_OPENID_SECRET", "the secret that the provider of MITALK_OPENID_SERVER gave you"),
        "settings": {"server_url": server},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def open_id_origins() -> list[str]:
    """Where people are sent to sign in with it: the origin of its address, and those given in addition."""
    server = urlsplit(text("MITALK_OPENID_SERVER"))
    own = [f"{server.scheme}://{server.netloc}"] if server.netloc else []
    return [*own, *words("MITALK_OPENID_ORIGINS")] if own else []


def secret_made_once(path: Path) -> str:
    """The secret kept in `path`, readable by its owner only, made on the first call. Not for production.

    Processes that start at once all get the same: the file is there whole, or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
        finally:
            made.unlink()
    return path.read_text().strip()
