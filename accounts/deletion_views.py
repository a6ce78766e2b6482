"""The end of an account, by its owner: what goes and what stays, and the way back."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock, hooks
from accounts.middleware import consent_optional
from accounts.models import AccountDeletion, DeletionState, User
from accounts.own_data import deletion, registry
from accounts.own_data_forms import DeleteForm
from accounts.requests import MemberRequest

_UNDO_KEY = "may_undo"  # in the session of who has just shown that a closed account is theirs
_UNDO_SECONDS = 600


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@consent_optional
@reauthentication_required(allow_get=True)
def delete(request: MemberRequest) -> HttpResponse:
    """What goes, what stays and why, and when it is final; POST closes the account."""
    form = DeleteForm(request.POST or None, address=request.user.email)
    if request.method == "POST" and form.is_valid():
        return _close(request)
    delay = hooks.delay_of(request.user)
    context = {
        "form": form,
        "kept": registry.kept(),
        "days": settings.DELETION_DAYS,
        "final_at": timezone.now() + timedelta(days=settings.DELETION_DAYS),
        "delay": delay,
        "is_staff": request.user.is_staff,
    }
    return render(request, "accounts/own_data/delete.html", context)


def _close(request: MemberRequest) -> HttpResponse:
    if not ratelimit.consume(request, app="allauth.account", action="delete_account", user=request.user):
        return ratelimit.respond_429(request)
    try:
        closed = deletion.request(request.user)
    except deletion.StaffStay:
        messages.warning(request, _("Staff hand over their rights first; then they can delete their account."))
        return redirect("accounts:delete")
    logout(request)  # its session ended with all the others; the response needs one that is nobody's
    return render(request, "accounts/own_data/closed.html", {"deletion": closed})


def may_undo(request: HttpRequest, user: User) -> bool:
    """Note that whoever signs in here has shown that a closed account is theirs.

    Returns:
        Whether it is closed by its own owner, and not for good yet.
    """
    found = AccountDeletion.objects.filter(user=user, state=DeletionState.PENDING).first()
    if found is None:
        return False
    request.session[_UNDO_KEY] = {"deletion": found.public_id, "at": int(clock.now().timestamp())}
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def undo(request: HttpRequest) -> HttpResponse:
    """The way back, for a few minutes after one has signed in. There is nothing else here for a closed account."""
    found = _undoable(request)
    if found is None:
        request.session.pop(_UNDO_KEY, None)
        return redirect("account_login")
    if request.method == "POST":
        request.session.pop(_UNDO_KEY, None)
        if deletion.undo(found):
            messages.success(request, _words_of_the_way_back(found))
            return redirect("account_login")
        return render(request, "accounts/own_data/too_late.html", status=410)
    return render(request, "accounts/own_data/undo.html", {"deletion": found, "delayed": bool(found.delayed_by)})


def _words_of_the_way_back(deletion: AccountDeletion) -> str:
    user = User.objects.filter(public_id=deletion.person).first()
    if user is not None and not user.is_active:
        return _("Your account is not deleted. A measure of staff still keeps it closed: you cannot sign in yet.")
    return _("Your account is yours again. Sign in.")


def _undoable(request: HttpRequest) -> AccountDeletion | None:
    noted = request.session.get(_UNDO_KEY) or {}
    if clock.now().timestamp() - noted.get("at", 0) > _UNDO_SECONDS:
        return None
    return AccountDeletion.objects.filter(public_id=noted.get("deletion", ""), state=DeletionState.PENDING).first()
