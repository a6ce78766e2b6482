from django.db import migrations

from accounts.names import name_key


def fill_in(apps, schema_editor):
    """Names get their keys; who has a profile speaks at least the language they speak in rooms."""
    Profile = apps.get_model("accounts", "Profile")
    Language = apps.get_model("accounts", "Language")
    for profile in Profile.objects.only("pk", "name", "language").iterator():
        Profile.objects.filter(pk=profile.pk).update(name_key=name_key(profile.name))
        Language.objects.create(profile_id=profile.pk, code=profile.language)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0005_being_somebody")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
