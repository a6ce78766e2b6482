"""How much a request may bring, by where it goes: asked by daphne's channel before anything of it is read (config.web_server)
and, whatever the server, by the application."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

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

# In every language at once: what a person reads is not asked before the request is read.
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>MiTalk</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>{english}</h1><p>{what_to_do}</p>
<h1 lang="zh-Hans">{chinese}</h1><p lang="zh-Hans">{chinese_what_to_do}</p>
<h1 lang="ko">{korean}</h1><p lang="ko">{korean_what_to_do}</p></html>"""
TOO_LARGE = _PAGE.format(
    english="That is too large",
    what_to_do="Go back and choose a smaller file, or write less.",
    chinese="内容太大",
    chinese_what_to_do="请返回，选择较小的文件，或缩短内容。",
    korean="너무 큽니다",
    korean_what_to_do="뒤로 가서 더 작은 파일을 고르거나 내용을 줄여 주세요.",
).encode()
TOO_LARGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
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
