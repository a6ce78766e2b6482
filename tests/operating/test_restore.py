"""A restore, rehearsed: an installation with rows on PostgreSQL is backed up and restored into an empty one, which starts."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.environment.doctoring import doctor, is_well, verdicts
from tests.environment.installation import Installation
from tests.environment.production import SECRETS, manage, settings_of

PHONE = "+821012345678"
PEOPLE = 12

FILL = f"""
import io
import json
from datetime import timedelta
from django.utils import timezone
from accounts import own_phones, photos
from accounts.models import Profile
from accounts.audit import sealing
from accounts.services import record
from tests.accounts.pictures import drawn, written
from tests.environment.backstage import _session
from tests.factories import a_live_room, a_member
people = [a_member(f"Member {{number}}", password=None) for number in range({PEOPLE})]
first = people[0]
photo = written(drawn())
photos.keep(first, photos.render(io.BytesIO(photo), len(photo)))
own_phones.own_phone(first, "{PHONE}")
room = a_live_room(people[1], speakers=(people[2],))
for number in range(5):
    record("member.noticed", f"person:{{number}}", reason="rehearsal")
sealing.seal_entries(timezone.now() + timedelta(minutes=2))
print(json.dumps({{"session": _session(first), "photo": Profile.objects.get(user=first).photo, "email": first.email}}))
"""
READ_PHONE = """
from accounts import own_phones
from accounts.models import User
print(own_phones.phone_of(User.objects.get(email="{email}")).value)
"""
SIGN_IN = """
from tests.environment.backstage import another_session
print(another_session("{email}"))
"""
COUNT = "import json; from config.backups.manifest import count_rows; print(json.dumps(count_rows()))"


@dataclass(frozen=True)
class Old:
    """The installation that was lost."""

    environment: dict[str, str]
    var: Path
    backup: Path
    session: str
    photo: str
    email: str


def shell(environment: dict[str, str], code: str) -> str:
    return manage(environment, "shell", "-v", "0", "-c", code).strip().splitlines()[-1]


def fails(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def old(new_database: Callable[[str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Old:
    folder = tmp_path_factory.mktemp("old")
    var, backups = folder / "var", folder / "backups"
    environment = settings_of(
        new_database("old"), var, MITALK_ORIGINS="https://localhost:9", MITALK_BACKUP_DIR=str(backups)
    )
    manage(environment, "migrate", "--no-input")
    made = json.loads(shell(environment, FILL))
    for name in ("ring", "ring-keys", "evidence", "evidence-keys"):  # as a live room and a report leave them
        (var / name).mkdir()
        (var / name / "of-somebody").write_bytes(b"what was said")
    (var / "private").mkdir(exist_ok=True)
    (var / "private" / "document").write_bytes(b"encrypted")
    backup = Path(manage(environment, "backup").splitlines()[0])
    return Old(environment, var, backup, **made)


@pytest.fixture
def empty(
    new_database: Callable[[str], dict[str, str]], tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """Another machine: nothing but the engines and the keys."""
    name = request.node.name.replace("-", "_")[:60].lower().partition("[")[0]
    return settings_of(new_database(name), tmp_path / "var", MITALK_ORIGINS="https://localhost:9")


def test_a_backup_holds_no_sound_and_no_key(old: Old) -> None:
    assert {path.name for path in old.backup.iterdir()} == {
        "database.dump",
        "media.tar",
        "private.tar",
        "manifest.json",
    }
    names = []
    for archive in old.backup.glob("*.tar"):
        with tarfile.open(archive) as packed:
            names += packed.getnames()
    assert old.photo
    assert any(old.photo in name for name in names)
    assert "document" in names
    assert not any("of-somebody" in name for name in names)
    everything = b"".join(path.read_bytes() for path in old.backup.iterdir())
    assert b"what was said" not in everything
    assert PHONE.encode() not in everything
    for secret in SECRETS.values():
        assert secret.encode() not in everything


def test_it_is_for_its_owner_alone(old: Old) -> None:
    assert old.backup.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in old.backup.iterdir())


def test_the_doctor_finds_it_whole(old: Old) -> None:
    assert verdicts(doctor(old.environment, "backups")) == {"backups.age": "ok"}


def test_a_restored_installation_is_as_it_was(old: Old, empty: dict[str, str]) -> None:
    said = manage(empty, "restore", str(old.backup))
    assert "the audit log is as it was written" in said
    manage(empty, "migrate", "--no-input")
    before, after = (json.loads(shell(environment, COUNT)) for environment in (old.environment, empty))
    assert before.pop("django_session") > after.pop("django_session") == 0
    assert before == after
    assert after["accounts_user"] == PEOPLE
    said = json.loads((old.backup / "manifest.json").read_text())["rows"]
    assert said.pop("django_session") > 0
    assert said == before
    assert shell(empty, READ_PHONE.format(email=old.email)) == PHONE
    assert (Path(empty["MITALK_VAR_DIR"]) / "private" / "document").read_bytes() == b"encrypted"
    assert ", 1 seals, 0 not yet sealed" in manage(empty, "audit", "verify")
    _starts(old, empty)


def _starts(old: Old, empty: dict[str, str]) -> None:
    """Pages are served of it, not to a session from before, with the photo; and the doctor finds its database well."""
    session = shell(empty, SIGN_IN.format(email=old.email))
    kept = {name: empty[name] for name in (*SECRETS, "DATABASE_URL", "REDIS_URL")}
    with Installation(**kept, MITALK_VAR_DIR=empty["MITALK_VAR_DIR"]) as running:
        address = running.url.replace("localhost", "127.0.0.1")
        with requests.Session() as browser:
            browser.cookies.set("sessionid", old.session, domain="127.0.0.1")
            assert "/accounts/login/" in browser.get(f"{address}/hallway/", timeout=10).url
            browser.cookies.set("sessionid", session, domain="127.0.0.1")
            hallway = browser.get(f"{address}/hallway/", timeout=10)
            photo = browser.get(f"{address}/photos/{old.photo}/192.webp", timeout=10)
        assert hallway.status_code == 200
        assert "Who pays for the second foundry?" in hallway.text
        assert photo.status_code == 200
        assert photo.content[8:12] == b"WEBP"
        is_well(running.environment, "database", "processes", "udp")


def test_nothing_is_overwritten(old: Old) -> None:
    assert "The database has" in fails(old.environment, "restore", str(old.backup))


def test_a_folder_that_holds_something_is_left_alone(old: Old, empty: dict[str, str]) -> None:
    kept = Path(empty["MITALK_VAR_DIR"]) / "media" / "kept"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    assert "is not empty" in fails(empty, "restore", str(old.backup))


def test_other_keys_are_told_before_anything_is_done(old: Old, empty: dict[str, str]) -> None:
    wrong = {**empty, "MITALK_DATA_KEYS": "a-key-that-this-backup-was-not-made-with-0123456789-0123456789"}
    assert "MITALK_DATA_KEYS" in fails(wrong, "restore", str(old.backup))
    assert "The database has" not in fails(wrong, "restore", str(old.backup))


def test_a_file_that_was_changed_is_named(old: Old, empty: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in old.backup.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    with (copy / "media.tar").open("ab") as file:
        file.write(b"x")
    assert "media.tar is missing or was changed" in fails(empty, "restore", str(copy))


def test_an_audit_log_that_is_not_as_it_was_is_found_out(old: Old, empty: dict[str, str]) -> None:
    """Under another secret no seal is good: as if somebody had written the log anew."""
    wrong = {**empty, "MITALK_SECRET_KEY": "another-Secret-of-many-Letters-0123456789-mnopqrstuvwxyz-0123"}
    assert "the audit log is not as it was written" in fails(wrong, "restore", str(old.backup))


def test_the_oldest_go(old: Old, tmp_path: Path) -> None:
    unfinished = tmp_path / "mitalk-20200101T000000Z.unfinished"
    unfinished.mkdir()
    for number in range(2):
        (tmp_path / f"mitalk-2020010{number + 1}T000000Z").mkdir()
    said = manage(old.environment, "backup", "--to", str(tmp_path), "--keep", "2")
    newest = Path(said.splitlines()[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mitalk-20200102T000000Z", newest.name]


def test_a_disk_that_takes_nothing_leaves_no_half(old: Old, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    assert "There is no new backup" in fails(old.environment, "backup", "--to", str(in_the_way / "backups"))
    assert list(tmp_path.iterdir()) == [in_the_way]
