"""A part of a sound, for players: without it Chromium cannot jump to a moment (RFC 9110, section 14)."""

import re

from django.http import HttpRequest, HttpResponse

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def part_of(data: bytes, request: HttpRequest, content_type: str) -> HttpResponse:
    """The part that is asked for; all of it, if none is."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    response = HttpResponse(data, content_type=content_type)
    if asked:
        first, last = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
        response = HttpResponse(data[first : last + 1], content_type=content_type, status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    response["Accept-Ranges"] = "bytes"
    return response
