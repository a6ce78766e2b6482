"""What was reported before there were cases: whose report it is, about what, and gathered as what comes later is."""

from datetime import timedelta

from django.db import migrations
from django.db.models import OuterRef, Subquery

# As moderation.urgency had it when this was written.
_HOURS = {"danger": 0.25, "harassment": 24, "hate": 24, "privacy": 24, "fraud": 48}
_GRAVEST_FIRST = ("danger", "harassment", "hate", "privacy", "fraud")


def fill_in(apps, schema_editor):
    Report = apps.get_model("moderation", "Report")
    Participant = apps.get_model("rooms", "Participant")
    place = Participant.objects.filter(pk=OuterRef("reporter"))
    members = Report.objects.filter(reporter_user=None, reporter__user__isnull=False)
    members.update(reporter_user=Subquery(place.values("user")[:1]))
    guests = Report.objects.filter(reporter__isnull=False, reporter__user=None, guest_key="")
    guests.update(guest_key=Subquery(place.values("guest_key")[:1]), network=Subquery(place.values("network")[:1]))
    rooms = Report.objects.filter(kind="room", case=None)
    rooms.exclude(message="").update(kind="message")
    rooms.filter(message="").exclude(target=None, target_user=None).update(kind="person")


def gather(apps, schema_editor):
    Report = apps.get_model("moderation", "Report")
    for report in Report.objects.filter(case=None).order_by("at", "pk").iterator(chunk_size=500):
        case = _case_of(apps.get_model("moderation", "Case"), report)
        Report.objects.filter(pk=report.pk).update(case=case)
        _weigh(case, report)


def _case_of(Case, report):
    if report.target_user_id or report.target_id:
        member = report.target_user_id
        same = {"target_user": member} if member else {"target": report.target_id, "target_user": None}
        kind = "person"
    else:
        same, kind = {"room": report.room_id}, "room"
    found = Case.objects.filter(kind=kind, state="open", **same).first()
    return found or Case.objects.create(
        kind=kind,
        room_id=report.room_id,
        target_id=report.target_id,
        target_user_id=report.target_user_id,
        opened_at=report.at,
        category=report.category,
    )


def _weigh(case, report):
    ranks = {category: place for place, category in enumerate(_GRAVEST_FIRST)}
    case.category = min((case.category, report.category), key=lambda category: ranks.get(category, len(ranks)))
    who = case.reports.values_list("reporter_user", "guest_key", "reporter").order_by().distinct()
    case.reporters = case.weight = len({user or key or place for user, key, place in who})
    case.is_urgent = case.category == "danger"
    case.reported_at = report.at
    case.due_at = case.opened_at + timedelta(hours=_HOURS.get(case.category, 72)) / max(case.reporters, 1)
    case.save()


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0005_cases"),
    ]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.RunPython(gather, migrations.RunPython.noop),
    ]
