"""What staff do that reaches furthest: they show once more that it is them."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.requests import where_next
from accounts.sessions import is_fresh

# Hands out power, opens what was said in a room, frees who was kept out, or rewrites what everybody agreed to.
GRAVE = {
    "accounts_user_change", "accounts_user_add", "accounts_user_delete", "auth_group_add", "auth_group_change",
    "auth_group_delete", "account_emailaddress_add", "account_emailaddress_change", "account_emailaddress_delete",
    "moderation_evidence_change", "moderation_evidence_agree", "accounts_boundcontact_delete",
    "accounts_documentversion_add", "invites_branch_change", "invites_branch_lift", "accounts_accountdeletion_change",
}  # fmt: skip
# What is done to many at once from a list of them reaches no less far.
_GRAVE_LISTS = {f"{name.rpartition('_')[0]}_changelist" for name in GRAVE}


def must_be_shown_again(request: HttpRequest) -> bool:
    """Whether this is such an act, by somebody who has not shown a moment ago who they are."""
    match = request.resolver_match
    is_grave = request.method == "POST" and match is not None and match.url_name in GRAVE | _GRAVE_LISTS
    return is_grave and settings.MITALK_STAFF_SECOND_FACTOR and not is_fresh(request)


def ask_then_go_on(request: HttpRequest) -> HttpResponse:
    """Where they show it; then the form that they sent goes on by itself."""
    where = suspend_request(request, second_factor_page(request))
    # allauth goes on with a form whose path is where it is to lead, and a path has no query: lists put their filters there.
    where["Location"] = f"{second_factor_page(request)}?{urlencode({REDIRECT_FIELD_NAME: request.path})}"
    return where


def ask_for_it(request: HttpRequest) -> HttpResponse:
    """Where staff show their second factor, and back to where they were going."""
    where = where_next(request, request.get_full_path())
    return redirect(f"{second_factor_page(request)}?{urlencode({'next': where})}")


def second_factor_page(request: HttpRequest) -> str:
    """The page that asks for the strongest that they have; the password alone is none."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    strong = {method["id"]: method["url"] for method in methods if method["id"] != "reauthenticate"}
    return strong.get("mfa_reauthenticate:webauthn") or strong["mfa_reauthenticate"]
