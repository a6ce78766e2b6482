"""Engines of these tests' own, and one whole production for those that leave it running."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.environment.engines import engines as running_engines
from tests.environment.production import Production, production


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, str]]:
    with running_engines() as environment:
        yield environment


@pytest.fixture(scope="session")
def new_database(engines: dict[str, str]) -> Callable[[str], dict[str, str]]:
    """The same engines, with an empty database of this name."""

    def make(name: str) -> dict[str, str]:
        server = urlsplit(engines["DATABASE_URL"])
        where = ["-h", str(server.hostname), "-p", str(server.port), "-U", str(server.username)]
        subprocess.run(["createdb", *where, name], check=True)
        return {**engines, "DATABASE_URL": server._replace(path=f"/{name}").geturl()}

    return make


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, engines: dict[str, str]) -> Iterator[Production]:
    folder: Path = tmp_path_factory.mktemp("production")
    with production(folder, engines) as running:
        yield running
