from django.db import migrations, models

_BYTES_A_PACKET = 160  # 20 ms at 64 kb/s: what was sealed before sizes were kept is counted so until it is destroyed


def estimate_sizes(apps, schema_editor):
    """What is sealed already takes space too."""
    Evidence = apps.get_model("moderation", "Evidence")
    for evidence in Evidence.objects.filter(state="sealed"):
        evidence.bytes = sum(evidence.voices.values()) * _BYTES_A_PACKET
        evidence.save(update_fields=["bytes"])


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0014_roles_see_workers'),
    ]

    operations = [
        migrations.AddField(
            model_name='evidence',
            name='bytes',
            field=models.BigIntegerField(default=0, editable=False, verbose_name='bytes'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='rings',
            field=models.JSONField(default=dict, editable=False, help_text='What each machine that carried the room had of it.'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='state',
            field=models.CharField(choices=[('wanted', 'being sealed'), ('sealed', 'sealed'), ('silent', 'nobody spoke'), ('lost', 'could not be sealed'), ('destroyed', 'destroyed'), ('full', 'not kept: no space was left')], default='wanted', max_length=10, verbose_name='state'),
        ),
        migrations.RunPython(estimate_sizes, migrations.RunPython.noop, elidable=True),
    ]
