"""Backups: how old the newest is, and whether all of it is there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from config.backups import making, manifest
from config.doctor.finding import Finding, fail, ok, warn

_OLD_AFTER = timedelta(hours=26)  # one a day, and some time to make it
_AGAIN = "Run manage.py backup, and look why its timer did not."


def examine() -> Iterator[Finding]:
    """See the module."""
    if not settings.BACKUP_DIR:
        remedy = "Set MITALK_BACKUP_DIR, and run manage.py backup each day (deploy/systemd/mitalk-backup.timer)."
        yield warn("backups.configured", "nobody says where backups are", remedy)
        return
    made = making.finished(Path(settings.BACKUP_DIR))
    if not made:
        yield fail("backups.age", f"there is none in {settings.BACKUP_DIR}", _AGAIN)
        return
    try:
        said = manifest.read(made[-1])
        said.demand_whole(made[-1])
    except manifest.NotWhole as error:
        yield fail("backups.whole", f"{made[-1].name}: {error}", "Make another now, and look at its disk.")
        return
    age = datetime.now(UTC) - datetime.fromisoformat(said.made_at)
    what = f"{made[-1].name} is whole, and {age.total_seconds() / 3600:.0f} hours old"
    yield fail("backups.age", what, _AGAIN) if age > _OLD_AFTER else ok("backups.age", what)
