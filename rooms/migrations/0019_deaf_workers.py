"""A worker says that nothing comes to it over the bus."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0018_shares_unfed")]

    operations = [
        migrations.AddField(
            "audioworker",
            "deaf",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="Redis does not reach it: nobody who comes can be given sound there.",
                verbose_name="hears nothing of others",
            ),
        ),
    ]
