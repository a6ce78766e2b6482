"""The page that says why an invite does not let somebody in."""

from django.http import HttpRequest, HttpResponse

from accounts.error_pages import error_page
from invites.errors import ADVICE, MISTYPED, TITLES, TOO_MANY_GUESSES, InviteRefused

STATUS = {MISTYPED: 404, TOO_MANY_GUESSES: 429}


def refusal_page(request: HttpRequest, refusal: InviteRefused) -> HttpResponse:
    """What is wrong with the invite, and what to do."""
    return error_page(
        request,
        status=STATUS.get(refusal.code, 410),
        code=refusal.code,
        title=str(TITLES[refusal.code]),
        advice=str(ADVICE[refusal.code]),
    )
