"""Audit entries name who acted by public id, so that they never change, and are sealed in runs."""

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def name_by_public_id(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In one statement, whatever the engine."""
    entries, users = apps.get_model("accounts", "AuditEntry"), apps.get_model("accounts", "User")
    acted = users.objects.filter(pk=OuterRef("actor_id")).values("public_id")
    entries.objects.update(who=Coalesce(Subquery(acted), Value("")))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_follow_and_block")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="who",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Public id. Empty: an operator's command.",
                max_length=24,
                verbose_name="who",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_by_public_id, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="auditentry", name="actor"),
        migrations.RenameField(model_name="auditentry", old_name="who", new_name="actor"),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(unique=True, verbose_name="number")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="when")),
                ("first_entry", models.PositiveBigIntegerField(verbose_name="from entry")),
                ("last_entry", models.PositiveBigIntegerField(verbose_name="to entry")),
                ("digests", models.JSONField(verbose_name="digests of entries")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="digest before")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
            ],
            options={"verbose_name": "audit seal", "verbose_name_plural": "audit seals", "ordering": ["number"]},
        ),
    ]
