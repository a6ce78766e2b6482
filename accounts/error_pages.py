"""The page for a refusal that has no better place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def error_page(
    request: HttpRequest, *, status: int, code: str, title: str, advice: str, way: tuple[str, str] | None = None
) -> HttpResponse:
    """What happened and what to do; the stable `code` is also sent as the header `X-Error-Code`. `way` is where to go from
    here, an address and its words: else to the beginning."""
    context = {"title": title, "advice": advice, "code": code, "way": way}
    response = render(request, "error.html", context, status=status)
    response["X-Error-Code"] = code
    return response
