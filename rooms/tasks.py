"""What happens to rooms later. Each task may be delivered twice, late or never: the next run finds what is due in rows."""

from typing import Any

from celery import shared_task

from rooms import services


@shared_task
def sweep_rosters() -> None:
    """Take those off the rosters of whom nothing was heard, or who may not be there; free what waited for a minute; find
    another host where one is gone."""
    services.sweep_revoked()
    services.sweep_absent()
    services.forget_places()
    services.succeed_absent_hosts()


@shared_task
def delete_old_talk() -> None:
    """Delete chat and questions that are kept no more."""
    services.delete_old_talk()


@shared_task
def forget_attendance() -> None:
    """Forget who was in rooms of which that is not kept."""
    services.forget_attendance()
    services.forget_moments()


@shared_task
def close_empty_rooms() -> None:
    """End rooms whose stage stayed empty."""
    services.close_empty_rooms()


@shared_task
def close_missed_rooms() -> None:
    """Give up the rooms to come that nobody started in time."""
    services.close_missed_rooms()


@shared_task
def mail_programme() -> None:
    """Remind those who are going, and send what else the programme has to say to people."""
    services.remind()
    services.send_due()


@shared_task(bind=True)
def beat_jobs(task: Any) -> None:
    """Say that jobs are done, and by whom."""
    services.beat_jobs(task.request.hostname or "jobs")


@shared_task
def forget_usage() -> None:
    """Forget what audio workers used long ago."""
    services.forget_usage()
