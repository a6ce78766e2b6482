"""Which picture of a person whoever reads the page is shown."""

from typing import Any

from django import template

from accounts.portraits import photos_prefix

register = template.Library()


@register.filter
def shown_to(picture: str, user: Any) -> str:
    """The address of a picture; of a photo, only to those with an account. To others it would not be given either."""
    is_member = bool(getattr(user, "is_authenticated", False))
    return picture if is_member or not picture.startswith(photos_prefix()) else ""
