"""Which browser a person sits at, in words they know."""

from django.utils.translation import gettext as _

# The first that is found counts: most browsers say that they are several others, too.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("KAKAOTALK", "KakaoTalk"),
    ("SamsungBrowser", "Samsung Internet"),
    ("MiuiBrowser", "Mi Browser"),
    ("Whale/", "Whale"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_in_words(user_agent: str) -> str:
    """Such as “Chrome on Android”; what cannot be told is left out."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown browser")
