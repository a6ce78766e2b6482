"""The scene that whoever tries is in: made once for all tests of a file, and taken back after them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.fakes import install_recording_bus
from tests.safety.browsers import Browsers
from tests.safety.people import a_scene


@pytest.fixture(scope="module")
def browsers(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Browsers]:
    """Everybody's browser, and what there is to look for. What a test changes it takes back itself (`taken_back`)."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        install_recording_bus(patch)
        yield Browsers(a_scene())
        transaction.set_rollback(True)
