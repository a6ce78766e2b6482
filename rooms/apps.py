"""Where people talk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    """Topics, rooms, and who is in them."""

    name = "rooms"
    verbose_name = _("Rooms")
