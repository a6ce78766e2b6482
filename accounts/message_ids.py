"""The Message-ID of a mail that must arrive once: the same for every try, and from whichever machine. A worker that died may
have handed it over already, and of two with one id mailboxes show one."""

from email.utils import parseaddr

from django.conf import settings

from accounts.sealing import keyed_hashes


def message_id(kind: str, row: str) -> str:
    """That of the mail that this row is about. It tells nobody how many rows there are."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{keyed_hashes(f'message_id.{kind}', row)[0][:40]}@{domain}>"
