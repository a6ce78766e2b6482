"""What a request is once its view demands a signed-in person."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request behind `login_required` or the admin: `user` is somebody. Exists for the type checker."""

    user: User
