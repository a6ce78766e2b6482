"""Pages about one's photo, and the photos themselves."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import photos, selectors
from accounts.forms import PhotoForm, PhotoVisibilityForm
from accounts.models import Profile, User
from accounts.portraits import PHOTO_SIZES, photo_address
from accounts.requests import MemberRequest
from accounts.second_factor import staff_may_work
from accounts.visibility import allows


@login_required
@require_http_methods(["GET", "POST"])
def edit_photo(request: MemberRequest) -> HttpResponse:
    """Choose a photo, or who sees it, or have none. POST `act`: `upload`, `visibility`, `remove`."""
    profile = Profile.objects.filter(user=request.user).first()
    if profile is None:
        return redirect("accounts:welcome")
    act = request.POST.get("act", "upload") if request.method == "POST" else ""
    if act == "remove":
        photos.remove(request.user)
        messages.success(request, _("Your photo is deleted."))
        return redirect("accounts:edit_photo")
    if act == "upload" and not ratelimit.consume(request, app="allauth.account", action="photo", user=request.user):
        return ratelimit.respond_429(request)
    upload = PhotoForm(request.POST, request.FILES) if act == "upload" else PhotoForm()
    sees = PhotoVisibilityForm(request.POST if act == "visibility" else None, instance=profile)
    if act == "upload" and upload.is_valid():
        photos.keep(request.user, upload.cleaned_data["photo"])
        messages.success(request, _("This is how others see you now."))
        return redirect("accounts:edit_photo")
    if act == "visibility" and sees.is_valid():
        Profile.objects.filter(pk=profile.pk).update(photo_visibility=sees.cleaned_data["photo_visibility"])
        messages.success(request, _("Saved."))
        return redirect("accounts:edit_photo")
    context = {
        "upload": upload,
        "sees": sees,
        "photo": photo_address(profile.photo, PHOTO_SIZES[-1]) if profile.photo else "",
    }
    return render(request, "accounts/photo.html", context)


@require_safe
def photo(request: HttpRequest, name: str, size: int) -> HttpResponse:
    """A photo, for whom it is for. Its address is never used for another, so it is asked for once."""
    if not isinstance(request.user, User) or not request.user.is_active or size not in PHOTO_SIZES:
        raise Http404
    profile = get_object_or_404(Profile.objects.select_related("user"), photo=name, user__is_active=True)
    sees = allows(profile, "photo", selectors.relation(profile, request.user))
    if not sees and not (request.user.is_staff and staff_may_work(request)):
        raise Http404
    content = photos.read(name, size)
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="image/webp",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Disposition": "inline",
        },
    )
