"""What the installation as a whole does every now and then."""

from celery import shared_task

from config import beats


@shared_task
def note_beat() -> None:
    """Clock and jobs live: the one sent this, the other carries it out."""
    beats.note()
