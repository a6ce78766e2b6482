"""A worker says when something came to it over the bus."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0018_shares_unfed")]

    operations = [
        migrations.AddField(
            "audioworker",
            "heard_at",
            models.DateTimeField(
                blank=True,
                help_text="What it sends to itself came back. Empty: an older version, which does not say.",
                null=True,
                verbose_name="heard the bus last",
            ),
        ),
    ]
