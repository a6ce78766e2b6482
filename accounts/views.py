"""Pages about oneself and others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services, zones
from accounts.forms import ProfileForm
from accounts.models import Block, Follow, Profile, User
from accounts.requests import MemberRequest, where_next


@login_required
@require_http_methods(["GET", "POST"])
def edit_profile(request: MemberRequest) -> HttpResponse:
    """Fill in or change one's profile; a newcomer goes on to where they were headed, else the hallway."""
    profile = Profile.objects.filter(user=request.user).first()
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        services.save_profile(request.user, **form.cleaned_data)
        return redirect(_where_next(request))
    return render(
        request,
        "accounts/profile_form.html",
        {"form": form, "is_new": profile is None, "next": request.GET.get("next", "")},
    )


def _where_next(request: MemberRequest) -> str:
    wanted = request.POST.get("next", "") or request.session.pop("after_welcome", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "rooms:hallway"


@require_http_methods(["GET", "POST"])
def time_zone(request: HttpRequest) -> HttpResponse:
    """Choose on which clocks one sees times; else they are the browser's."""
    chosen = request.POST.get("time_zone", "")
    if request.method == "POST" and (not chosen or zones.is_zone(chosen)):
        response = redirect(where_next(request, reverse("rooms:front")))
        zones.choose(response, chosen)
        return response
    context = {
        "zones": zones.zone_choices(),
        "current": zones.zone_of(request),
        "is_chosen": zones.CHOSEN_COOKIE in request.COOKIES,
        "next": request.GET.get("next", ""),
    }
    return render(request, "accounts/time_zone.html", context)


@login_required
@require_safe
def show_profile(request: MemberRequest, public_id: str) -> HttpResponse:
    """A professional, and who vouched for them."""
    profile = get_object_or_404(
        Profile.objects.select_related("user", "industry", "user__sponsor__profile"),
        user__public_id=public_id,
        user__is_active=True,
    )
    context = {
        "profile": profile,
        "is_me": profile.user == request.user,
        "i_follow": Follow.objects.filter(follower=request.user, followed=profile.user).exists(),
        "i_block": Block.objects.filter(blocker=request.user, blocked=profile.user).exists(),
    }
    return render(request, "accounts/profile.html", context)


RELATIONS = {
    "follow": services.follow,
    "unfollow": services.unfollow,
    "block": services.block,
    "unblock": services.unblock,
}


@login_required
@require_POST
def relate(request: MemberRequest, public_id: str, relation: str) -> HttpResponse:
    """Follow or block somebody, or take it back."""
    other = get_object_or_404(User, public_id=public_id, is_active=True, profile__isnull=False)
    try:
        RELATIONS[relation](request.user, other)
    except services.FollowRefused:
        messages.warning(request, _("You cannot follow them."))
    return redirect(where_next(request, reverse("accounts:profile", args=[public_id])))
