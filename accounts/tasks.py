"""What happens to accounts later."""

from celery import shared_task
from django.core.management import call_command

from accounts.audit.sealing import seal_entries


@shared_task
def seal_audit_entries() -> None:
    """Add what was written to the audit log's chain."""
    seal_entries()


@shared_task
def clear_expired_sessions() -> None:
    """Delete sessions whose time is over."""
    call_command("clearsessions")
