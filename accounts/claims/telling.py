"""What members are told about their claims, by mail, in the language they asked in."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import contacts, outbox
from accounts.claim_models import Claim
from accounts.writing import absolute

KIND = "claim"
# Subjects; `tell` translates them.
APPROVED = gettext_noop("Your claim is verified: %(about)s")
ASKED = gettext_noop("A question about your claim: %(about)s")
DECLINED = gettext_noop("About your claim: %(about)s")
REVOKED = gettext_noop("Your claim is not shown any more: %(about)s")
LAPSED = gettext_noop("Your claim was not decided in time: %(about)s")
EXPIRES = gettext_noop("Your claim expires soon: %(about)s")
MOVED = gettext_noop("Your work address was proven by another account: %(about)s")


def tell(claim: Claim, occasion: str, subject: str, template: str, text: str = "") -> None:
    """Write to whose claim it is: once for each occasion."""
    if not claim.user.is_active:
        return
    with translation.override(claim.language):
        context = {
            "name": claim.user.name or claim.user.email,
            "claim": claim,
            "text": text,
            "until": date_format(claim.expires_at, "DATE_FORMAT") if claim.expires_at else "",
            "link": absolute(reverse("accounts:claims")),
        }
        outbox.post(
            contacts.email(claim.user.email),
            kind=KIND,
            occasion=f"{claim.public_id} {occasion}",
            subject=_(subject) % {"about": claim.about},
            text=render_to_string(f"accounts/claims/mail/{template}.txt", context).strip() + "\n",
        )
