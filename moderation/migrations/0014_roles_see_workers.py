"""Senior moderators see the audio workers, as auditors do."""

from importlib import import_module

from django.db import migrations

_first = import_module("moderation.migrations.0010_roles")


class Migration(migrations.Migration):
    dependencies = [("moderation", "0013_roles_see_people_and_figures"), ("rooms", "0014_processes_seen")]

    operations = [migrations.RunPython(_first.make_roles, migrations.RunPython.noop)]
