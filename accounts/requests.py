"""What a request is once its view demands a signed-in person."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

_MOST_DIGITS = 18  # of a key; Python reads no number of thousands


class MemberRequest(HttpRequest):
    """A request behind `login_required` or the admin: `user` is somebody. Exists for the type checker."""

    user: User


def where_next(request: HttpRequest, otherwise: str) -> str:
    """The page of ours that a form says it came from (`next`), else another."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    is_path = wanted.startswith("/") and "\0" not in wanted  # a bare word would be taken for the name of a view
    return wanted if is_ours and is_path else otherwise


def pk_of(object_id: str) -> int:
    """The key of the row that an address of the admin names; 0, which is none's, for what is no key."""
    return int(object_id) if object_id.isdecimal() and len(object_id) <= _MOST_DIGITS else 0
