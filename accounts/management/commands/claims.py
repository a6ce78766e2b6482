"""`manage.py claims`: what waits for staff, and to decide about it without the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.claim_models import Claim, ClaimReplyKind, ClaimReplyTemplate
from accounts.claims import deciding, selectors


class Command(BaseCommand):
    """Documents are opened in the staff's pages only, where it is written down by whom."""

    help = "List the claims that wait for staff; approve or decline some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, with which."""
        parser.add_argument("act", choices=["list", "approve", "decline"])
        parser.add_argument("ids", nargs="*", help="public ids of claims, after --: one may begin with a dash")
        parser.add_argument("--reason", default="", help="for the audit log; needed to decline")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or decide."""
        if options["act"] == "list":
            for claim in selectors.queue():
                whose = claim.user.name or claim.user.public_id
                self.stdout.write(f"{claim.public_id}  {claim.state}  {claim.kind}  {claim.about}  ({whose})")
            return
        if not options["ids"]:
            raise CommandError("Say which: public ids, as `claims list` prints them.")
        if options["act"] == "decline" and not options["reason"]:
            raise CommandError("Say why: --reason.")
        chosen = Claim.objects.filter(public_id__in=options["ids"]).order_by("made_at", "pk")
        done = sum(self._decide(claim, options["act"], options["reason"]) for claim in chosen)
        self.stdout.write(f"{done} of {len(set(options['ids']))} decided.")

    def _decide(self, claim: Claim, act: str, reason: str) -> bool:
        kind = ClaimReplyKind.APPROVE if act == "approve" else ClaimReplyKind.DECLINE
        text = deciding.text_for(claim, ClaimReplyTemplate.objects.filter(kind=kind).first(), "")
        if act == "approve":
            return deciding.approve(claim, by=None, text=text, reason=reason)
        return deciding.decline(claim, by=None, text=text, reason=reason)
