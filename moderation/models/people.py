"""Everybody, as staff look at them."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Person(User):
    """A member, to be looked at and sanctioned: the account's own row is the account's business."""

    class Meta:
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")
