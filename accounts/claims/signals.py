"""A document's file goes with its row, whoever deletes that: a decision, a job, an account that is erased."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete

from accounts.claims import private_files


def connect() -> None:
    """Begin to listen; called once, by the app."""
    post_delete.connect(_row_deleted, sender="accounts.ClaimDocument", dispatch_uid="accounts.claims.document")


def _row_deleted(instance: object, using: str, **_more: object) -> None:
    name: str = instance.name  # type: ignore[attr-defined]
    transaction.on_commit(partial(private_files.discard, name), using=using)
