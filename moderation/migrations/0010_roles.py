"""Staff have roles: see moderation.roles."""

from django.apps import apps as today
from django.contrib.auth.management import create_permissions
from django.db import migrations

from moderation.roles import establish

_APPS = ("accounts", "invites", "rooms", "moderation")


def make_roles(apps, schema_editor):
    # Permissions are made after all migrations; roles need them now.
    for label in _APPS:
        create_permissions(today.get_app_config(label), verbosity=0, apps=apps, using=schema_editor.connection.alias)
    establish(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0009_speech"),
        ("accounts", "0012_document_versions"),
        ("invites", "0007_bind_who_is_kept_out"),
        ("rooms", "0012_web_processes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
