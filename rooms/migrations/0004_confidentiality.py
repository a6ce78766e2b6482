from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0003_the_stage")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="confidentiality",
            field=models.CharField(
                choices=[("on_record", "on_record"), ("chatham", "chatham"), ("off_record", "off_record")],
                default="on_record",
                max_length=10,
                verbose_name="confidentiality",
            ),
        ),
    ]
