"""Addresses of ours in messages."""

from django.conf import settings


def absolute(path: str) -> str:
    """An address of ours in full, where there is no request that names the host."""
    origins: list[str] = settings.MITALK_ORIGINS
    return f"{origins[0] if origins else ''}{path}"
