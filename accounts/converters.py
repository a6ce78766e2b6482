"""Parts of addresses."""

from typing import Any

from django.urls import register_converter
from django.urls.converters import IntConverter

PUBLIC_ID_LENGTH = 16
PUBLIC_ID_PATTERN = rf"[A-Za-z0-9_-]{{{PUBLIC_ID_LENGTH}}}"


class PublicIdConverter:
    """A public identifier as `accounts.models.random_id` makes them; anything else is no address of ours."""

    regex = PUBLIC_ID_PATTERN

    def to_python(self, value: str) -> Any:
        """As it is."""
        return value

    def to_url(self, value: Any) -> str:
        """As it is."""
        return value


class RelationConverter(PublicIdConverter):
    """What one person can do about another."""

    regex = "follow|unfollow|block|unblock|mute|unmute"


class FollowListConverter(PublicIdConverter):
    """Which of the two lists of a person."""

    regex = "followers|following"


class CalendarTokenConverter(PublicIdConverter):
    """The secret of a calendar's address, as `secrets.token_urlsafe(32)` makes it."""

    regex = r"[A-Za-z0-9_-]{43}"


class RowNumberConverter(IntConverter):
    """The number of a row, as staff's pages have it; one that no column holds is no address of ours."""

    regex = "[0-9]{1,18}"


register_converter(PublicIdConverter, "public_id")
register_converter(CalendarTokenConverter, "calendar_token")
register_converter(RelationConverter, "relation")
register_converter(FollowListConverter, "follow_list")
register_converter(RowNumberConverter, "row")
