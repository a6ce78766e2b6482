"""Twenty pictures of a few kilobytes at once are not twenty times a hundred megabytes at once."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import photos, unpacking
from accounts.claims import uploads
from accounts.unpacking import AT_ONCE
from tests.accounts.pictures import drawn, written

MANY = 3 * AT_ONCE


def as_photo(content: bytes) -> None:
    photos.render(io.BytesIO(content), len(content))


def as_document(content: bytes) -> None:
    uploads.read_document(SimpleUploadedFile("scan.png", content))


@pytest.mark.parametrize("read", [as_photo, as_document])
def test_a_few_are_unpacked_at_a_time(read: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch) -> None:
    content, lock, all_open = written(drawn(), "PNG"), threading.Lock(), threading.Event()
    now, most = 0, 0
    opened = Image.open

    class Counted:
        """A picture that is open until as many are as may be."""

        def __init__(self, *arguments: Any, **more: Any) -> None:
            self.image = opened(*arguments, **more)

        def __enter__(self) -> Image.Image:
            nonlocal now, most
            with lock:
                now, most = now + 1, max(most, now + 1)
                if now >= AT_ONCE:
                    all_open.set()
            assert all_open.wait(30)
            return self.image.__enter__()

        def __exit__(self, *error: Any) -> None:
            nonlocal now
            with lock:
                now -= 1
            self.image.__exit__(*error)

    monkeypatch.setattr(Image, "open", Counted)
    with ThreadPoolExecutor(MANY) as threads:
        list(threads.map(read, [content] * MANY))
    assert (now, most) == (0, AT_ONCE)


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(drawn(), "PNG")
    monkeypatch.setattr(unpacking, "MOST_WAIT_SECONDS", 0.0)
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(unpacking.unpacking())
        with pytest.raises(ValidationError) as of_photo:
            as_photo(content)
        with pytest.raises(uploads.DocumentRefused) as of_document:
            as_document(content)
    assert (of_photo.value.code, of_document.value.code) == ("photo_busy", uploads.BUSY)
    as_photo(content)
