"""The button to report what a page shows."""

from typing import Any

from django import template

from moderation.report_forms import ReportForm

register = template.Library()


@register.inclusion_tag("moderation/report_button.html", takes_context=True)
def report_button(context: dict[str, Any], kind: str, public_id: str, words: str) -> dict[str, Any]:
    """A link to the page that reports something; where scripts run, the same form in a dialog over this page."""
    form = ReportForm(auto_id=f"report-{kind}-%s")
    request = context.get("request")
    return {"kind": kind, "public_id": public_id, "words": words, "form": form, "request": request}
