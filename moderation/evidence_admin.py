"""Evidence, for staff: what is kept and until when; to be heard with a written reason."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import converters as _converters  # noqa: F401 - registers <row:…>
from accounts.models import User
from accounts.requests import pk_of
from moderation import services
from moderation.models import Evidence, EvidenceOpening
from moderation.ranges import part_of
from moderation.selectors import VoiceShown, heard_by, voices_of
from moderation.services.evidence import MIN_REASON
from moderation.streaming import streamed
from moderation.turns import Turns
from rooms import speech
from rooms.admin import ReadOnlyAdmin
from rooms.evidence import Unheard, as_wav, tracks

_transcripts = Turns(lambda: settings.MITALK_SPEECH_TRANSCRIPTS)

_REFUSED = {
    "state": gettext_lazy("There is nothing to hear any more."),
    "partial": gettext_lazy("You are part of what was reported: somebody else of staff has to hear it."),
}


class OpenForm(forms.Form):
    """Why somebody wants to hear it."""

    reason = forms.CharField(
        label=gettext_lazy("Why it has to be heard"),
        min_length=MIN_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("It is kept in the audit log, with every time you listen."),
    )


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """What was sealed."""

    list_display = ("public_id", "room", "state", "from_at", "until_at", "keep_until")
    list_filter = ("state",)
    list_select_related = ("room",)
    search_fields = ("public_id", "room__title")
    date_hierarchy = "wanted_at"

    def has_open_permission(self, request: HttpRequest) -> bool:
        """Whether they may hear evidence at all."""
        return request.user.has_perm("moderation.open_evidence")

    def get_urls(self) -> list[URLPattern]:
        """Beside the admin's own: each voice, and to agree."""
        wrap = self.admin_site.admin_view
        return [
            path("<row:pk>/voices/<str:person>/", wrap(self.voice_view), name="moderation_evidence_voice"),
            path(
                "<row:pk>/voices/<str:person>/transcript/",
                wrap(self.transcript_view),
                name="moderation_evidence_transcript",
            ),
            path("<row:pk>/agree/<row:opening>/", wrap(self.agree_view), name="moderation_evidence_agree"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is known of it, who opened it and why, and, to whom it is open, its voices."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        evidence = self._find(pk_of(object_id))
        may_open, form = self.has_open_permission(request), OpenForm(request.POST or None)
        if request.method == "POST":
            if not may_open:
                raise PermissionDenied
            if form.is_valid() and self._open(request, evidence, form):
                return redirect("admin:moderation_evidence_change", evidence.pk)
        assert isinstance(request.user, User)
        is_open = may_open and heard_by(evidence, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Evidence of “%(room)s”") % {"room": evidence.room.title},
            "opts": self.model._meta,
            "evidence": evidence,
            "reports": evidence.reports.select_related("target__user__profile"),
            "openings": evidence.openings.select_related("by__profile", "agreed_by__profile"),
            "form": form,
            "may_open": may_open and evidence.state == "sealed" and not is_open,
            "voices": self._voices(request, evidence) if is_open else [],
            "transcribes": speech.is_watched(evidence.room.language),
            "takes_dictation": speech.takes_dictation(),
        }
        return TemplateResponse(request, "admin/moderation/evidence/change_form.html", context)

    def voice_view(self, request: HttpRequest, pk: int, person: str) -> HttpResponse:
        """One voice as a WAV file; that it is heard is noted first."""
        evidence = self._find(pk)
        if not self.has_open_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        if person not in evidence.voices:
            raise Http404
        try:
            services.hear(evidence, request.user, person)
            sound = tracks(evidence.public_id, evidence.parts, int(evidence.from_at.timestamp() * 1000))
        except services.OpeningRefused as refusal:
            raise PermissionDenied from refusal
        except Unheard as gone:
            raise Http404 from gone
        return part_of(as_wav(sound[person]), request, "audio/wav")

    def transcript_view(self, request: HttpRequest, pk: int, person: str) -> HttpResponseBase:
        """What one voice says, line by line as it is found; that it is read is noted as hearing it is."""
        evidence = self._find(pk)
        if request.method != "POST" or not self.has_open_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        language = evidence.room.language
        if person not in evidence.voices or not speech.is_watched(language):
            raise Http404
        try:
            services.hear(evidence, request.user, person)
            began_ms = int(evidence.from_at.timestamp() * 1000)
            found = speech.transcript(evidence.public_id, evidence.parts, person, began_ms=began_ms, language=language)
        except services.OpeningRefused as refusal:
            raise PermissionDenied from refusal
        except Unheard as gone:
            raise Http404 from gone
        response = StreamingHttpResponse(streamed(found, _transcripts), content_type="application/x-ndjson")
        response["Cache-Control"] = "no-store"
        return response

    def agree_view(self, request: HttpRequest, pk: int, opening: int) -> HttpResponse:
        """Agree that somebody else hears it."""
        if request.method != "POST" or not self.has_open_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        asked = get_object_or_404(EvidenceOpening, pk=opening, evidence=pk)
        try:
            services.approve_opening(asked, request.user)
            messages.success(request, _("You agreed. It is open to them for an hour."))
        except services.OpeningRefused:
            messages.error(request, _("Somebody else has to agree, who has no part in what was reported, and once."))
        return redirect("admin:moderation_evidence_change", pk)

    def _voices(self, request: HttpRequest, evidence: Evidence) -> list[VoiceShown]:
        try:
            return voices_of(evidence)
        except Unheard:
            messages.error(request, _("This evidence cannot be opened: its file was changed, or a key is missing."))
            return []

    def _find(self, pk: int) -> Evidence:
        return get_object_or_404(Evidence.objects.select_related("room"), pk=pk)

    def _open(self, request: HttpRequest, evidence: Evidence, form: OpenForm) -> bool:
        assert isinstance(request.user, User)
        try:
            opening = services.ask_to_open(evidence, request.user, form.cleaned_data["reason"])
        except services.OpeningRefused as refusal:
            form.add_error(None, _REFUSED.get(str(refusal), _REFUSED["state"]))
            return False
        if opening.open_until is None:
            messages.info(request, _("This is about danger: another member of staff has to agree before you hear it."))
        return True
