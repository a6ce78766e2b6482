"""The parts of the doctor that need no engine: disks, certificates, clocks, backups."""

import asyncio
import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.backups.manifest import Manifest, digest, known_sealed
from config.doctor import THINGS, backups, certificates, clock, disk, limits
from config.turn_urls import TurnUrl, read_url
from rooms.folders import folders
from tests.environment.certificates import Authority

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


class TestDisk:
    def test_a_folder_that_cannot_be_written_is_named(self, settings, tmp_path: Path) -> None:
        for folder in (tmp_path, *tmp_path.parents):  # pytest makes its folders for their owner only
            if folder.is_relative_to(Path("/tmp")) and folder != Path("/tmp"):
                folder.chmod(0o755)
        settings.MITALK_RING_DIR = tmp_path / "ring"
        settings.MITALK_RING_DIR.mkdir(mode=0o555)
        with as_nobody():
            found = {finding.id: finding for finding in disk.examine()}
        assert found["disk.ring"].verdict == "fail"
        assert str(settings.MITALK_RING_DIR) in found["disk.ring"].what
        assert not list(settings.MITALK_RING_DIR.iterdir())

    def test_a_disk_that_is_full_is_named(self, settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(disk, "FAIL_BYTES", 1 << 62)
        assert {finding.verdict for finding in disk.examine()} == {"fail"}

    def test_what_can_be_written_and_has_room_is_well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(disk, "FAIL_BYTES", 0)
        monkeypatch.setattr(disk, "WARN_BYTES", 0)
        assert {finding.verdict for finding in disk.examine()} == {"ok"}


@contextmanager
def served_with(folder: Path) -> Iterator[int]:
    """A port that speaks TLS with a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    loop = asyncio.new_event_loop()

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(lambda _reader, writer: writer.close(), "localhost", 0, ssl=context)

    server = loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


class TestCertificates:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (60, ("certificates.expiry", "ok")),
            (14, ("certificates.expiry", "warn")),
            (3, ("certificates.expiry", "fail")),
            (-1, ("certificates.valid", "fail")),
        ],
    )
    def test_how_long_one_is_good(
        self, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, expected: tuple[str, str]
    ) -> None:
        authority = Authority(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
        with served_with(authority.issue("site", days=days)) as port:
            settings.MITALK_ORIGINS = [f"https://localhost:{port}"]
            (found,) = certificates.examine()
        assert (found.id, found.verdict) == expected
        assert "expired" in found.what or f"{days} days" in found.what

    def test_one_that_no_browser_knows(self, settings, tmp_path: Path) -> None:
        with served_with(Authority(tmp_path).issue("site", days=60)) as port:
            settings.MITALK_TURN_URLS = [f"turns:localhost:{port}?transport=tcp"]
            (found,) = certificates.examine()
        assert (found.id, found.verdict) == ("certificates.valid", "fail")


class TestClock:
    def test_one_that_is_ten_minutes_off_is_named(self) -> None:
        found = clock._apart("clock.redis", "Redis", lambda: datetime.now(UTC).timestamp() + 600)
        assert found.verdict == "fail"
        assert "600.0 s ahead" in found.what

    @pytest.mark.parametrize(("state", "verdict"), [(0, "ok"), (5, "warn"), (-1, "warn")])
    def test_the_kernel_says_whether_somebody_keeps_it(
        self, monkeypatch: pytest.MonkeyPatch, state: int, verdict: str
    ) -> None:
        monkeypatch.setattr(clock.ctypes, "CDLL", lambda name: SimpleNamespace(adjtimex=lambda given: state))
        assert clock._kept_by_ntp().verdict == verdict

    def test_the_kernel_of_this_machine_is_asked(self) -> None:
        assert clock._kept_by_ntp().id == "clock.ntp"

    def test_a_kernel_that_does_not_say_is_no_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock.ctypes, "CDLL", lambda name: SimpleNamespace())
        assert clock._kept_by_ntp().verdict == "warn"


class TestBackups:
    def make(self, folder: Path, *, hours_old: float) -> Path:
        made_at = datetime.now(UTC) - timedelta(hours=hours_old)
        backup = folder / f"mitalk-{made_at:%Y%m%dT%H%M%SZ}"
        backup.mkdir(parents=True)
        (backup / "database.dump").write_bytes(b"rows")
        digests = {"database.dump": digest(backup / "database.dump")}
        Manifest(made_at.isoformat(), {}, digests, "", known_sealed()).write(backup)
        return backup

    def only(self) -> tuple[str, str]:
        (found,) = backups.examine()
        assert bool(found.remedy) == (found.verdict != "ok")
        return found.id, found.verdict

    def test_how_old_the_newest_is(self, settings, tmp_path: Path) -> None:
        assert self.only() == ("backups.configured", "warn")
        settings.BACKUP_DIR = str(tmp_path / "backups")
        assert self.only() == ("backups.age", "fail")
        self.make(tmp_path / "backups", hours_old=30)
        assert self.only() == ("backups.age", "fail")
        self.make(tmp_path / "backups", hours_old=1)
        assert self.only() == ("backups.age", "ok")

    def test_one_that_was_changed_or_has_other_keys(self, settings, tmp_path: Path) -> None:
        settings.BACKUP_DIR = str(tmp_path)
        backup = self.make(tmp_path, hours_old=1)
        (backup / "database.dump").write_bytes(b"bows")
        assert self.only() == ("backups.whole", "fail")
        (backup / "database.dump").write_bytes(b"rows")
        assert self.only() == ("backups.age", "ok")
        settings.DATA_KEYS = ["another-key-that-the-backup-was-not-made-with-0123456789-0123"]
        assert self.only() == ("backups.whole", "fail")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn:turn.example.org", TurnUrl("turn.example.org", 3478, tls=False, transport="udp")),
        ("turns:turn.example.org:443?transport=tcp", TurnUrl("turn.example.org", 443, tls=True, transport="tcp")),
        ("turn:[2001:db8::1]:3478?transport=udp", TurnUrl("2001:db8::1", 3478, tls=False, transport="udp")),
        ("turn://turn.example.org", None),
        ("stun:turn.example.org", None),
        ("turn:turn.example.org?transport=sctp", None),
    ],
)
def test_addresses_of_turn_servers(text: str, expected: TurnUrl | None) -> None:
    assert read_url(text) == expected


def test_every_id_is_explained() -> None:
    """In docs/operating/doctor.md, where ids of one thing stand in a row: `disk.var`, `.media`."""
    root = Path(__file__).resolve().parents[2]
    said: set[str] = set()
    for line in (root / "docs/operating/doctor.md").read_text().splitlines():
        if line.startswith("| `"):
            thing = line.split("`")[1]
            said |= {f"{thing}.{name}" for name in re.findall(r"`(?:[a-z]+)?\.([a-z_]+)`", line)}
    source = "".join(path.read_text() for path in (root / "config/doctor").glob("*.py"))
    things = "|".join(THINGS)
    used = set(re.findall(rf'"((?:{things})\.[a-z_]+)"', source))
    used |= {f"disk.{name}" for name in folders()}
    assert used == said


class TestLimits:
    def test_small_buffers_are_named_with_what_they_are(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        core = tmp_path / "sys" / "net" / "core"
        core.mkdir(parents=True)
        monkeypatch.setattr(limits, "_PROC", tmp_path)
        found: dict[str, list[str]] = {}
        for case, (received, sent) in {"small": (212_992, 8 << 20), "enough": (4 << 20, 4 << 20)}.items():
            (core / "rmem_max").write_text(f"{received}\n")
            (core / "wmem_max").write_text(f"{sent}\n")
            found[case] = [
                f"{each.verdict} {each.what}" for each in limits.examine() if each.id == "limits.udp_buffers"
            ]
        assert found["small"] == ["warn small for many listeners: net.core.rmem_max=212992"]
        assert found["enough"] == ["ok 4 MiB or more"]

    def test_buffers_that_cannot_be_seen_are_no_failure(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(limits, "_PROC", tmp_path)
        verdicts = {each.id: each.verdict for each in limits.examine()}
        assert verdicts["limits.udp_buffers"] == "warn"

    def test_a_mixer_without_its_loops_in_c_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        verdicts = {}
        for loops in (None, object()):
            monkeypatch.setattr(limits.native, "loops", lambda loops=loops: loops)
            verdicts[loops is None] = {each.id: each.verdict for each in limits.examine()}["limits.native"]
        assert verdicts == {True: "warn", False: "ok"}
