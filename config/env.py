"""The environment, read once and typed: every setting that an operator can give has its one line here."""

import os
import secrets
from pathlib import Path

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


def secret_made_once(path: Path) -> str:
    """The secret kept in `path`, readable by its owner only, made on the first call. Not for production."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value
