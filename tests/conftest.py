"""What every test has."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.fakes import KeptMessages, RecordingBus, install_recording_bus


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def text_messages() -> Iterator[list[tuple[str, str]]]:
    """The text messages that were sent: number and words."""
    KeptMessages.sent.clear()
    KeptMessages.failures.clear()
    yield KeptMessages.sent
    KeptMessages.sent.clear()


@pytest.fixture
def recording_bus(monkeypatch: pytest.MonkeyPatch) -> RecordingBus:
    """What services publish, kept."""
    return install_recording_bus(monkeypatch)
