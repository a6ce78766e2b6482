"""Pages for when nothing else can be relied on: no session, no template, no language of the reader. Each says the same in all
three; the proxy shows them too (deploy/nginx), so they are files among the static ones."""

from config.env import BASE_DIR

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def plain_page(name: str) -> bytes:
    """One of `static/errors`."""
    return (BASE_DIR / "static" / "errors" / f"{name}.html").read_bytes()


BROKEN = plain_page("broken")
TOO_LARGE = plain_page("too_large")
