"""What happens to invites later."""

from celery import shared_task

from invites import services
from invites.services import quota, waitlist


@shared_task
def expire_invites() -> None:
    """Mark the invites whose time is over."""
    services.expire_invites()
    services.forget_used_phones()


@shared_task
def remind_invited() -> None:
    """Remind those whose invites expire soon."""
    services.remind()


@shared_task
def refill_quotas() -> None:
    """Refill those who took part last week."""
    quota.refill()


@shared_task
def tend_applications() -> None:
    """Remind those who were asked, give up what nobody answers, delete what is over."""
    waitlist.remind_asked()
    waitlist.clean_up()
