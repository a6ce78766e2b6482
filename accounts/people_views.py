"""Pages that list people: found, followed, blocked, muted."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import muting, people_search, selectors
from accounts.matching import MOST_LETTERS
from accounts.models import Profile, User
from accounts.profile_models import LANGUAGE_NAMES
from accounts.requests import MemberRequest
from accounts.visibility import ProfileCard

A_PAGE = 20
_MAX_SLUG = 40


@login_required
@require_safe
@never_cache
def find(request: MemberRequest) -> HttpResponse:
    """Members by what their profile says to the viewer."""
    wanted = people_search.Wanted(
        query=request.GET.get("q", "")[:MOST_LETTERS],
        industry=request.GET.get("industry", "").replace("\0", "")[:_MAX_SLUG],
        language=request.GET.get("language", "").replace("\0", "")[:2],
    )
    if wanted and not ratelimit.consume(
        request, app="allauth.account", action="search", user=request.user, limit_get=True
    ):
        return ratelimit.respond_429(request)
    found = selectors.profiles_of(people_search.find_people(request.user, wanted))
    page, people = _page(request, found)
    context = {
        "wanted": wanted,
        "page": page,
        "people": people,
        "industries": people_search.industries(),
        "languages": LANGUAGE_NAMES.items(),
    }
    return render(request, "accounts/people.html", context)


@login_required
@require_safe
def follow_list(request: MemberRequest, public_id: str, which: str) -> HttpResponse:
    """Who follows somebody, or whom they follow."""
    person = get_object_or_404(User, public_id=public_id, is_active=True, profile__isnull=False)
    found = (selectors.followers if which == "followers" else selectors.following)(person, request.user)
    page, people = _page(request, found)
    context = {"person": person, "which": which, "page": page, "people": people, "is_me": person == request.user}
    return render(request, "accounts/follow_list.html", context)


@login_required
@require_safe
@never_cache
def blocked(request: MemberRequest) -> HttpResponse:
    """Whom one has blocked, to take it back."""
    page, people = _page(request, selectors.blocked_by(request.user))
    return render(request, "accounts/blocked.html", {"page": page, "people": people})


@login_required
@require_safe
@never_cache
def muted(request: MemberRequest) -> HttpResponse:
    """Whom one has muted for oneself, to take it back."""
    page, people = _page(request, muting.muted_by(request.user))
    return render(request, "accounts/muted.html", {"page": page, "people": people})


def _page(request: MemberRequest, profiles: QuerySet[Profile]) -> tuple[Page, list[ProfileCard]]:
    page = Paginator(profiles, A_PAGE).get_page(request.GET.get("page", "1"))
    return page, selectors.profile_cards(page.object_list, request.user)
