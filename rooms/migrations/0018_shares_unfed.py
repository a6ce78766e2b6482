"""A share that no sound comes to is given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0017_worker_troubles")]

    operations = [
        migrations.AddField("roomshare", "unfed_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
