"""Roles see the people and the figures, which came after them."""

from importlib import import_module

from django.db import migrations

_first = import_module("moderation.migrations.0010_roles")


class Migration(migrations.Migration):
    dependencies = [("moderation", "0012_figures")]

    operations = [migrations.RunPython(_first.make_roles, migrations.RunPython.noop)]
