"""How people get in, for staff."""

from invites.admin import applications, branches, invites

__all__ = ["applications", "branches", "invites"]
