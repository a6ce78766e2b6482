"""Migrations since the newest release run while that release serves people: they break nothing and lock nothing long."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.environment.production import manage, settings_of
from tests.operating.released import ALLOWED, RELEASED

# The linter reads the SQL that PostgreSQL would be given. It prints what it finds, so each is asked for alone.
LINT = """
import contextlib, io, json
from django_migration_linter import MigrationLinter
since = {since}
linter = MigrationLinter(no_cache=True, all_warnings_as_errors=True, exclude_migration_tests=["RUNPYTHON_REVERSIBLE"])
found = {{}}
for (app, name), migration in sorted(linter.migration_loader.disk_migrations.items()):
    if app in since and name > since[app]:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            linter.reset_counters()
            linter.lint_migration(migration)
        found[app + "." + name] = said.getvalue().splitlines()[1:] if linter.has_errors else []
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def lint(new_database: Callable[[str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory):
    environment = settings_of(new_database("linted"), tmp_path_factory.mktemp("linted"))
    manage(environment, "migrate", "--no-input")

    def ask(since: dict[str, str]) -> dict[str, list[str]]:
        said = manage(environment, "shell", "-v", "0", "-c", LINT.format(since=since))
        return json.loads(said.splitlines()[-1])

    return ask


def test_what_came_since_the_newest_release_can_run_beside_it(lint) -> None:
    found = lint(RELEASED)
    allowed = {f"{app}.{name}" for app, name in ALLOWED}
    wrong = {name: said for name, said in found.items() if said and name not in allowed}
    assert not wrong, "See docs/operating/migrations.md: " + json.dumps(wrong, indent=1)


def test_what_is_allowed_is_there_and_needs_it(lint) -> None:
    found = lint(RELEASED)
    assert all(reason and found.get(f"{app}.{name}") for (app, name), reason in ALLOWED.items())


def test_what_would_break_a_release_is_found(lint) -> None:
    """Among those of before the first release are some that no running release would have lived through."""
    said = [line for lines in lint(dict.fromkeys(RELEASED, "0001_initial")).values() for line in lines]
    assert any("NOT NULL" in line for line in said)
    assert any("Dropping columns" in line or "DROP" in line.upper() for line in said)
    assert any("CREATE INDEX locks" in line for line in said)


def test_the_newest_release_has_its_migrations() -> None:
    root = Path(__file__).resolve().parents[2]
    assert all((root / app / "migrations" / f"{name}.py").exists() for app, name in RELEASED.items())
