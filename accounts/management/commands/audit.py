"""The audit log, examined by an operator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import sealing


class Command(BaseCommand):
    """`audit verify` ends with an error when anything was changed, taken out or put in; `audit seal` seals what waits."""

    help = "Examine the audit log (verify), or seal what waits (seal)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and a head that was noted earlier."""
        parser.add_argument("what", choices=("verify", "seal"))
        parser.add_argument(
            "--head", default="", help="a head that verify printed or a log kept, to see that nothing was cut off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how the log stands."""
        if options["what"] == "seal":
            self.stdout.write(f"{sealing.seal_entries()} sealed")
            return
        found = sealing.examine(options["head"])
        for finding in found.findings:
            self.stdout.write(f"{finding.what}: {finding.where}")
        self.stdout.write(f"{found.entries} entries, {found.seals} seals, {found.unsealed} not yet sealed")
        if found.head:
            self.stdout.write(f"head {found.head}")
        if found.findings:
            raise CommandError("The audit log is not as it was written.")
