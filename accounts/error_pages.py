"""The page for a refusal that has no better place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def error_page(request: HttpRequest, *, status: int, code: str, title: str, advice: str) -> HttpResponse:
    """What happened and what to do; the stable `code` is also sent as the header `X-Error-Code`."""
    response = render(request, "error.html", {"title": title, "advice": advice, "code": code}, status=status)
    response["X-Error-Code"] = code
    return response
