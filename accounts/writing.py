"""What everything that is written to members needs: their language, and addresses in full."""

from django.conf import settings

from accounts.models import SpokenLanguage, User

_PAGES_IN = {SpokenLanguage.ENGLISH: "en", SpokenLanguage.CHINESE: "zh-hans", SpokenLanguage.KOREAN: "ko"}


def language_of(user: User) -> str:
    """The language that we write to somebody in."""
    profile = getattr(user, "profile", None)
    return _PAGES_IN[SpokenLanguage(profile.language)] if profile else settings.LANGUAGE_CODE


def absolute(path: str) -> str:
    """An address of ours in full, where there is no request that names the host."""
    origins: list[str] = settings.MITALK_ORIGINS
    return f"{origins[0] if origins else ''}{path}"
