"""`manage.py approve_applications`: let in those who wait, by a rule."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q

from accounts.models import Industry
from invites.models import Application, ApplicationState, ReplyKind, ReplyTemplate
from invites.services import waitlist


class Command(BaseCommand):
    """Each gets an invite at the contact that they proved, with the welcome of the template in their language."""

    help = "Approve waiting applications, the oldest first; each gets an invite."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which of them."""
        parser.add_argument("ids", nargs="*", help="public ids of applications; none: those that the options choose")
        parser.add_argument("--vouches", type=int, default=None, help="those for whom as many members vouch")
        parser.add_argument("--industry", default="", help="slug of an industry")
        parser.add_argument("--limit", type=int, default=None, help="at most so many")
        parser.add_argument("--reason", default="", help="for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Approve."""
        if not (options["ids"] or options["industry"] or options["vouches"] is not None or options["limit"]):
            raise CommandError("Say which: ids, --vouches, --industry or --limit.")
        template = ReplyTemplate.objects.filter(kind=ReplyKind.APPROVE).first()
        done = 0
        for application in self._chosen(options):
            if options["dry_run"]:
                self.stdout.write(f"{application.public_id}  {application.name}, {application.occupation}")
                continue
            text = waitlist.text_for(application, template, "")
            done += waitlist.approve(application, by=None, text=text, reason=options["reason"])
        if not options["dry_run"]:
            self.stdout.write(f"{done} approved.")

    def _chosen(self, options: dict[str, Any]) -> list[Application]:
        found = Application.objects.filter(state=ApplicationState.WAITING).order_by("state_at", "pk")
        if options["ids"]:
            found = found.filter(public_id__in=options["ids"])
        if options["industry"]:
            if not Industry.objects.filter(slug=options["industry"]).exists():
                raise CommandError(f"There is no industry {options['industry']!r}.")
            found = found.filter(industry__slug=options["industry"])
        if options["vouches"] is not None:
            vouched = Count("vouches", filter=Q(vouches__member__is_active=True))
            found = found.annotate(vouched=vouched).filter(vouched__gte=options["vouches"])
        return list(found[: options["limit"]])
