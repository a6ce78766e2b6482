"""How people get in, for staff."""

from invites.admin import applications, invites

__all__ = ["applications", "invites"]
