"""Pages about one's own standing. They are also for those who are kept out, and so outside of what asks for a sign-in."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.error_pages import error_page
from accounts.models import User
from accounts.services import record
from moderation import notices, services
from moderation.forms import AppealForm
from moderation.models import Sanction
from moderation.standing import note, own_voice, reader, shown, standing_of
from rooms.evidence import Unheard, as_wav, tracks

_REFUSED = {
    "too_late": gettext_lazy("The time to appeal is over."),
    "twice": gettext_lazy("You have appealed already."),
    "settled": gettext_lazy("It was taken back as a mistake already."),
}


@never_cache
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """What one is trusted with, what staff decided, and why."""
    person = reader(request)
    if person is None:
        return redirect_to_login(request.get_full_path())
    context = {"standing": standing_of(person), "is_held": not person.is_active}
    services.seen_by(person)
    return render(request, "moderation/standing.html", context)


@never_cache
@require_safe
def standing_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail: whoever reads that mailbox reads the standing, also of an account that is kept out. It is in no
    address from then on."""
    person = notices.of_link(token)
    if person is None:
        return error_page(
            request,
            status=410,
            code="link_expired",
            title=_("This link is too old"),
            advice=_("Sign in to see how you stand; if your account is kept out, signing in shows you why."),
        )
    if request.user != person:
        note(request, person)
    return redirect("moderation:standing")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say why a sanction was wrong."""
    person, sanction = _own(request, public_id)
    if person is None or sanction is None:
        return redirect_to_login(request.get_full_path())
    about = shown(sanction)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.make_appeal(sanction, person, form.cleaned_data["words"])
        except services.AppealRefused as refusal:
            form.add_error(None, str(_REFUSED.get(refusal.code, _("It cannot be appealed."))))
        else:
            messages.success(request, _("Your appeal waits for somebody else of staff. The answer comes by mail."))
            return redirect("moderation:standing")
    elif not about.may_appeal:
        return redirect("moderation:standing")
    return render(request, "moderation/appeal.html", {"form": form, "about": about})


@never_cache
@require_safe
def own_voice_sound(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own voice of the evidence, and nobody else's; that it is heard is noted."""
    person, sanction = _own(request, public_id)
    found = own_voice(sanction) if sanction is not None else None
    if person is None or found is None:
        raise Http404
    evidence, place = found
    try:
        sound = tracks(evidence.public_id, evidence.parts, int(evidence.from_at.timestamp() * 1000))[place]
    except (Unheard, KeyError) as gone:
        raise Http404 from gone
    record("evidence.heard_own", evidence.public_id, actor=person, reason=place)
    return HttpResponse(as_wav(sound), content_type="audio/wav")


def _own(request: HttpRequest, public_id: str) -> tuple[User | None, Sanction | None]:
    person = reader(request)
    if person is None:
        return None, None
    rows = Sanction.objects.select_related("appeal", "room", "report__evidence")
    return person, get_object_or_404(rows, public_id=public_id, user=person)
