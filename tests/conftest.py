"""What every test has."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation

from accounts.audit import append_only
from moderation.terms import compiled_terms
from tests.fakes import KeptMessages, RecordingBus, install_recording_bus


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_terms() -> Iterator[None]:
    """What one test put on the lists of terms is rolled back, and compiled still."""
    compiled_terms.forget()
    yield
    compiled_terms.forget()


@pytest.fixture(autouse=True, scope="session")
def _tables_that_can_be_emptied() -> Iterator[None]:
    """Between tests that commit, Django empties all tables: also those that let nobody take anything out. Its `post_migrate`
    protects them again."""
    empty = TransactionTestCase._fixture_teardown

    def unprotect_and_empty(test: TransactionTestCase) -> None:
        append_only.unprotect()
        empty(test)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", unprotect_and_empty)
        yield


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language active in its thread, which is every test's."""
    yield
    translation.deactivate()


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
