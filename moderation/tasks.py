"""What is done by the clock: with evidence, sanctions, urgent cases, texts that waited, and the risk of rooms."""

from celery import shared_task

from moderation import services, webhook


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


@shared_task
def page_staff_again() -> None:
    """Page once more for what is urgent and nobody has taken."""
    services.page_again()


@shared_task
def call_webhook(case: str, number: int) -> None:
    """Tell the operator's pager."""
    webhook.call(case, number)


@shared_task
def count_risks() -> None:
    """See which live rooms need to be looked at."""
    services.count_risks()


@shared_task
def empty_held_texts() -> None:
    """Forget the words of what was decided on some time ago."""
    services.empty_old()
