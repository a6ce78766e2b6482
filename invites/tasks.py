"""What happens to invites later."""

from celery import shared_task

from invites import services


@shared_task
def expire_invites() -> None:
    """Mark the invites whose time is over."""
    services.expire_invites()
