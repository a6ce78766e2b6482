"""A player gets the part of a sound that it asks for."""

import pytest
from django.test import RequestFactory

from moderation.ranges import part_of


@pytest.mark.parametrize(
    ("asked", "status", "part", "says"),
    [
        ("", 200, b"0123456789", ""),
        ("bytes=0-", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=4-6", 206, b"456", "bytes 4-6/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-3", 200, b"0123456789", ""),
        ("lines=1-2", 200, b"0123456789", ""),
    ],
)
def test_parts(asked: str, status: int, part: bytes, says: str) -> None:
    request = RequestFactory().get("/", headers={"Range": asked} if asked else {})
    response = part_of(b"0123456789", request, "audio/wav")
    assert (response.status_code, response.content, response.get("Content-Range", "")) == (status, part, says)
