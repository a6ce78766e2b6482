"""What happens to evidence and sanctions later."""

from celery import shared_task

from moderation import services


@shared_task
def give_up_evidence() -> None:
    """Mark what could not be sealed."""
    services.give_up()


@shared_task
def destroy_evidence() -> None:
    """Destroy what was kept long enough."""
    services.destroy_due()


@shared_task
def end_sanctions() -> None:
    """End the sanctions whose time is over."""
    services.end_due()
