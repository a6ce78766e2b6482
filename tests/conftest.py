"""What every test has."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.fakes import RecordingBus, install_recording_bus


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language active in its thread, which is every test's."""
    yield
    translation.deactivate()


@pytest.fixture
def recording_bus(monkeypatch: pytest.MonkeyPatch) -> RecordingBus:
    """What services publish, kept."""
    return install_recording_bus(monkeypatch)
