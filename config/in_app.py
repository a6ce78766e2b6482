"""Browsers inside of other apps: they open links, and most have no microphone, no sound in the background, or neither."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What each writes into its User-Agent. MQQBrowser and the like are browsers of their own, and not meant.
_APPS: tuple[tuple[str, str | Promise], ...] = (
    (r"wxwork/", _("WeCom")),
    (r"MicroMessenger/", _("WeChat")),
    (r"KAKAOTALK", _("KakaoTalk")),
    (r"NAVER\(", _("Naver")),
    (r"DaumApps/", "Daum"),
    (r"\bBAND/", "BAND"),
    (r"\bLine/", "LINE"),
    (r"Instagram", "Instagram"),
    (r"FBAN/|FBAV/|FB_IAB/", "Facebook"),
    (r"Weibo|__weibo__", _("Weibo")),
    (r"\bQQ/", "QQ"),
    (r"DingTalk/", _("DingTalk")),
    (r"\bLark/|Feishu/", _("Feishu")),
    (r"LinkedInApp", "LinkedIn"),
    (r"musical_ly|BytedanceWebview", "TikTok"),
)
_PATTERNS = tuple((re.compile(pattern), name) for pattern, name in _APPS)


def in_app_browser(user_agent: str) -> str:
    """The app whose own browser this is, as the reader calls it; empty for a real browser."""
    for pattern, name in _PATTERNS:
        if pattern.search(user_agent):
            return str(name)
    return ""
