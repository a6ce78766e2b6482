"""What happens to accounts later."""

from celery import shared_task
from django.core.management import call_command

from accounts import former_contacts, one_time_codes, outbox, photos, sms_budget
from accounts.audit.sealing import seal_entries
from accounts.claims import later as claims_later
from accounts.own_data import deletion, exports


@shared_task
def seal_audit_entries() -> None:
    """Add what was written to the audit log's chain."""
    seal_entries()


@shared_task
def clear_expired_sessions() -> None:
    """Delete sessions whose time is over."""
    call_command("clearsessions")


@shared_task
def send_outbox() -> None:
    """Send the mail and the text messages that are due."""
    outbox.send_due()


@shared_task
def delete_old_messages() -> None:
    """Delete what was sent long ago, codes that are over, and old counts."""
    outbox.delete_old()
    one_time_codes.delete_old()
    sms_budget.delete_old()


@shared_task
def sweep_photos() -> None:
    """Delete files that are nobody's photo."""
    photos.sweep()


@shared_task
def make_export(pk: int) -> None:
    """Put everything about one person into a file, now."""
    exports.make(pk)


@shared_task
def make_due_exports() -> None:
    """The same for what waits, or was left behind."""
    exports.make_due()


@shared_task
def delete_old_exports() -> None:
    """Delete the files whose time is over."""
    exports.delete_old()


@shared_task
def erase_accounts() -> None:
    """Remind those whose accounts are deleted soon, and erase those whose time is over."""
    deletion.remind()
    deletion.erase_due()


@shared_task
def forget_former_contacts() -> None:
    """Delete what people gave up long ago."""
    former_contacts.forget()


@shared_task
def tend_claims() -> None:
    """Remind of claims that expire, give up what nobody decided, delete what is not needed any more."""
    claims_later.remind_expiring()
    claims_later.lapse_undecided()
    claims_later.forget_expired()
    claims_later.discard_strays()
