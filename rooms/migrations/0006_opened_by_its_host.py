"""Rooms from before were opened by whoever hosts them now. Apart from 0005: PostgreSQL does not change rows and tables at once."""

from django.db import migrations
from django.db.models import F


def name_openers(apps, schema_editor):
    """Say who opened each room."""
    apps.get_model("rooms", "Room").objects.filter(opened_by=None).update(opened_by=F("host"))


class Migration(migrations.Migration):
    dependencies = [("rooms", "0005_opening_with_everything")]
    operations = [migrations.RunPython(name_openers, migrations.RunPython.noop)]
