"""Whoever is on a roster while the database is migrated has no socket: one live room an account can then be demanded."""

from django.db import migrations
from django.utils import timezone


def leave(apps, schema_editor):
    """Take everybody off the rosters; their pages come back by themselves."""
    apps.get_model("rooms", "Participant").objects.filter(left_at=None).update(left_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("rooms", "0001_initial")]
    operations = [migrations.RunPython(leave, migrations.RunPython.noop)]
