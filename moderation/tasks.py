"""What is done by the clock: with evidence, texts that waited, and the risk of rooms."""

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
def count_risks() -> None:
    """See which live rooms need to be looked at."""
    services.count_risks()


@shared_task
def empty_held_texts() -> None:
    """Forget the words of what was decided on some time ago."""
    services.empty_old()
