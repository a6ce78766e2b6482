"""Pages about oneself and others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import hooks, muting, renaming, selectors, services, zones
from accounts.cookies import named
from accounts.forms import ProfileForm
from accounts.models import Block, Follow, Profile, User
from accounts.portraits import PHOTO_SIZES, photo_address
from accounts.requests import MemberRequest, where_next
from accounts.text import tidy
from accounts.visibility import allows, card, with_details
from accounts.written import TextRefused, refusal


@login_required
@require_http_methods(["GET", "POST"])
def edit_profile(request: MemberRequest) -> HttpResponse:
    """Fill in or change one's profile; a newcomer goes on to where they were headed, else the hallway."""
    profile = Profile.objects.filter(user=request.user).first()
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_profile(request.user, **form.cleaned_data)
        except renaming.NameRefused as kept:
            form.add_error("name", name_error(kept))
        except TextRefused as refused:  # by a list that changed at this moment
            form.add_error(None, refusal(refused.verdict))
        else:
            _say_that_it_waits(request)
            return redirect(_where_next(request))
    context = {
        "form": form,
        "is_new": profile is None,
        "next": request.GET.get("next", ""),
        "waiting": renaming.waiting_name(request.user),
        "waiting_words": hooks.waiting_words(request.user),
        "refused": renaming.last_refusal(request.user),
        "may_change_at": renaming.may_change_at(request.user) if profile else None,
        "most_changes": renaming.MOST_CHANGES,
    }
    return render(request, "accounts/profile_form.html", context)


def _say_that_it_waits(request: MemberRequest) -> None:
    waiting = renaming.waiting_name(request.user)
    if waiting is not None and "name" in request.POST and tidy(request.POST["name"]) == waiting.wanted:
        messages.info(
            request,
            (
                _(
                    "The name %(name)s looks like somebody else’s: MiTalk’s staff look at it first. You hear from us by mail."
                )
                if waiting.looks_like_id
                else _("MiTalk’s staff look at the name %(name)s first. You hear from us by mail.")
            )
            % {"name": waiting.wanted},
        )


def name_error(refusal: renaming.NameRefused) -> ValidationError:
    """What a form says of a name that stays as it is."""
    if refusal.code == "name_live":
        return ValidationError(
            _("You are in a room: people there know you by your name. Leave it, then change your name."),
            code="name_live",
        )
    assert refusal.until is not None
    return ValidationError(
        _("You have changed your name often enough for now. You can again on %(date)s."),
        code=refusal.code,
        params={"date": date_format(timezone.localtime(refusal.until), "DATE_FORMAT")},
    )


@login_required
@require_POST
def withdraw_name(request: MemberRequest) -> HttpResponse:
    """Want the name no more that waits for staff."""
    renaming.withdraw(request.user)
    return redirect("accounts:welcome")


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
        "is_chosen": named(zones.CHOSEN_COOKIE) in request.COOKIES,
        "next": request.GET.get("next", ""),
    }
    return render(request, "accounts/time_zone.html", context)


@login_required
@require_safe
def show_profile(request: MemberRequest, public_id: str) -> HttpResponse:
    """A professional, and who vouched for them."""
    profile = get_object_or_404(
        with_details(Profile.objects.all()).select_related("user__sponsor__profile"),
        user__public_id=public_id,
        user__is_active=True,
    )
    person = profile.user
    is_me = person == request.user
    sees = selectors.relation(profile, request.user)
    context = {
        "person": card(profile, sees),
        "photo": photo_address(profile.photo, PHOTO_SIZES[-1])
        if profile.photo and allows(profile, "photo", sees)
        else "",
        "profile_user": person,
        "is_me": is_me,
        "i_follow": Follow.objects.filter(follower=request.user, followed=person).exists(),
        "follows_me": Follow.objects.filter(follower=person, followed=request.user).exists(),
        "i_block": Block.objects.filter(blocker=request.user, blocked=person).exists(),
        "i_mute": muting.mutes(request.user, person),
        "followers": selectors.followers(person, request.user).count(),
        "following": selectors.following(person, request.user).count(),
        "in_common": None if is_me else selectors.in_common(person, request.user),
    }
    return render(request, "accounts/profile.html", context)


RELATIONS = {
    "follow": services.follow,
    "unfollow": services.unfollow,
    "block": services.block,
    "unblock": services.unblock,
    "mute": muting.mute,
    "unmute": muting.unmute,
}


@login_required
@require_POST
def relate(request: MemberRequest, public_id: str, relation: str) -> HttpResponse:
    """Follow, block or mute somebody, or take it back."""
    other = get_object_or_404(User, public_id=public_id, is_active=True, profile__isnull=False)
    try:
        RELATIONS[relation](request.user, other)
    except services.FollowRefused:
        messages.warning(request, _("You cannot follow them."))
    return redirect(where_next(request, reverse("accounts:profile", args=[public_id])))
