"""Each test has a private storage of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path: Path) -> None:
    options = {**settings.STORAGES["private"]["OPTIONS"], "location": tmp_path / "private"}
    settings.STORAGES = {**settings.STORAGES, "private": {**settings.STORAGES["private"], "OPTIONS": options}}
