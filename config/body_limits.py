"""How much a request may bring, by where it goes: asked by daphne's channel before anything of it is read (config.web_server)
and, whatever the server, by the application."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from config.plain_pages import HEADERS, TOO_LARGE

KIB, MIB = 2**10, 2**20
FORM_BYTES = 256 * KIB  # the longest form, in Chinese, and a room for its fields' names
# By the beginning of the address: what is sent there, and a little for the form around it.
UPLOAD_BYTES = {
    "/me/photo/": 8 * MIB + 64 * KIB,  # accounts.photos.MOST_BYTES
    "/me/claims/": 5 * MIB + 64 * KIB,  # accounts.claims.uploads.MOST_BYTES
    "/staff/": 2_000_000 + 64 * KIB,  # invites.csv_files.MOST_BYTES
}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TOO_LARGE_HEADERS = {
    **HEADERS,
    "X-Error-Code": "body_too_large",
    "Content-Length": str(len(TOO_LARGE)),
    "Connection": "close",
}


def most_bytes(path: str) -> int:
    """The largest body that goes to an address."""
    return next((most for start, most in UPLOAD_BYTES.items() if path.startswith(start)), FORM_BYTES)


class _TooLarge(Exception):
    """More came than was announced, or than is taken."""


class BodyLimit:
    """Answers 413 to a body that is larger than its address takes, as soon as that is known."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        most = most_bytes(scope["path"])
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not announced.isdigit() or int(announced) > most:
            await _refuse(send)
            return
        came, answered = 0, False

        async def counted() -> dict[str, Any]:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _TooLarge
            return message

        async def noted(message: dict[str, Any]) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._application(scope, counted, noted)
        except _TooLarge:
            if not answered:
                await _refuse(send)


async def _refuse(send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in TOO_LARGE_HEADERS.items()]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
