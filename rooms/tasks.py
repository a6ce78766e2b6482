"""What happens to rooms later. Each task may be delivered twice, late or never: the next run finds what is due in rows."""

from celery import shared_task

from rooms import services


@shared_task
def sweep_absent_people() -> None:
    """Take those off the rosters of whom nothing was heard."""
    services.sweep_absent()


@shared_task
def close_empty_rooms() -> None:
    """End rooms whose stage stayed empty."""
    services.close_empty_rooms()
