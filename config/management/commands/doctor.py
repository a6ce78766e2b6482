"""`manage.py doctor`: examines the installation and says what to do. See docs/operating/doctor.md."""

import json
import logging
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.doctor import THINGS, Finding, Verdict, examine


class Command(BaseCommand):
    """One line for each thing that was examined; ends with 1 when something fails."""

    help = "Examine this installation, and say what to do."
    requires_system_checks = ()  # what is broken is what it is asked about

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to examine, and how to say it."""
        parser.add_argument("--only", default="", help=f"some of: {','.join(THINGS)}")
        parser.add_argument("--json", action="store_true", help="for a machine to read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        things = [thing for thing in options["only"].split(",") if thing] or list(THINGS)
        unknown = [thing for thing in things if thing not in THINGS]
        if unknown:
            raise CommandError(f"There is no {', '.join(unknown)} to examine; there are {', '.join(THINGS)}.")
        logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # each of its tries; the finding says it once
        findings = []
        for finding in examine(things):
            findings.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        failed = sum(finding.verdict is Verdict.FAIL for finding in findings)
        if failed:
            raise CommandError(f"{failed} of {len(findings)} fail; the remedy stands behind each arrow.")

    def _say(self, finding: Finding) -> None:
        arrow = f" → {finding.remedy}" if finding.remedy else ""
        self.stdout.write(f"{finding.verdict:<5} {finding.id:<24} {finding.what}{arrow}")
        self.stdout.flush()
