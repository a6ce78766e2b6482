"""The lists of terms, for staff: changed here or in a file, and tried out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import record
from invites.csv_files import BadFile
from invites.waitlist_files import MISTAKES
from moderation.models import Term
from moderation.models.terms import OUTCOME_WORDS
from moderation.term_files import RowErrors, as_csv, take
from moderation.terms import changed, compiled_terms
from moderation.text.finding import strongest
from moderation.text.folding import fold

_MOST_TRIED = 5_000


class TryForm(forms.Form):
    """A text to be tried."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=_MOST_TRIED,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("Nothing of it is kept."),
    )


class ImportForm(forms.Form):
    """A file of terms."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "UTF-8, with the column pattern; language, kind, outcome, category, reason, note, active if you like."
        ),
    )


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    """Terms and exceptions. Every change is in the audit log."""

    list_display = ("pattern", "language", "kind", "outcome", "category", "is_active", "changed_by", "changed_at")
    list_filter = ("language", "outcome", "category", "kind", "is_active")
    list_select_related = ("changed_by",)
    search_fields = ("pattern", "note")
    fields = (
        *("language", "pattern", "kind", "outcome", "category"),
        *("reason", "note", "is_active", "changed_by", "changed_at"),
    )
    readonly_fields = ("changed_by", "changed_at")
    actions = ("put_out_of_use", "put_to_use", "export")
    change_list_template = "admin/moderation/term/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Beside the admin's own: to try a text, and to bring a file."""
        wrap = self.admin_site.admin_view
        return [
            path("try/", wrap(self.try_view), name="moderation_term_try"),
            path("import/", wrap(self.import_view), name="moderation_term_import"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Term, form: forms.ModelForm, change: bool) -> None:
        """Save, by whom."""
        assert isinstance(request.user, User)
        obj.changed_by, obj.changed_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)
        record("term.changed" if change else "term.added", obj.pattern, actor=request.user, reason=_what(obj))

    def delete_model(self, request: HttpRequest, obj: Term) -> None:
        """Delete, by whom."""
        assert isinstance(request.user, User)
        record("term.deleted", obj.pattern, actor=request.user, reason=_what(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        """Delete each, by whom."""
        for term in queryset:
            self.delete_model(request, term)

    @admin.action(description=gettext_lazy("Use the selected terms no more"), permissions=["change"])
    def put_out_of_use(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        """They stay on the list and are not looked for."""
        self._use(request, queryset, is_active=False)

    @admin.action(description=gettext_lazy("Use the selected terms"), permissions=["change"])
    def put_to_use(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        """They are looked for."""
        self._use(request, queryset, is_active=True)

    def _use(self, request: HttpRequest, queryset: QuerySet[Term], *, is_active: bool) -> None:
        assert isinstance(request.user, User)
        for term in queryset.exclude(is_active=is_active):
            record("term.used" if is_active else "term.unused", term.pattern, actor=request.user)
        queryset.update(is_active=is_active, changed_by=request.user, changed_at=timezone.now())
        changed()

    @admin.action(description=gettext_lazy("Write the selected terms to a CSV file"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Term]) -> HttpResponse:
        """A file that a spreadsheet opens and does not run."""
        assert isinstance(request.user, User)
        response = HttpResponse(as_csv(queryset, by=request.user), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="terms.csv"'
        return response

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """How a text is folded, what is found in it, and what would become of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        tried: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            tried = _tried(form.cleaned_data["text"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try a text"),
            "opts": self.model._meta,
            "form": form,
            "tried": tried,
        }
        return TemplateResponse(request, "admin/moderation/term/try.html", context)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file in, whole or not at all."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        assert isinstance(request.user, User)
        form = ImportForm(request.POST or None, request.FILES or None)
        mistakes: list[str] = []
        if request.method == "POST" and form.is_valid():
            try:
                new, otherwise = take(form.cleaned_data["file"].read(), by=request.user)
            except BadFile as error:
                form.add_error("file", f"{MISTAKES[error.code]} {error.detail}".strip())
            except RowErrors as errors:
                mistakes = errors.lines
            else:
                told = {"new": new, "changed": otherwise}
                messages.success(request, _("%(new)d terms are new, %(changed)d are changed.") % told)
                return redirect("admin:moderation_term_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bring terms in a CSV file"),
            "opts": self.model._meta,
            "form": form,
            "mistakes": mistakes,
        }
        return TemplateResponse(request, "admin/moderation/term/import.html", context)


def _what(term: Term) -> str:
    return f"{term.language or '*'} {term.kind} {term.outcome} {term.category}"


def _tried(text: str) -> dict[str, Any]:
    matches = compiled_terms.now().lists.find(text)
    terms = Term.objects.in_bulk({match.term.key for match in matches})
    found = [(text[match.start : match.end], terms[match.term.key]) for match in matches if match.term.key in terms]
    folded, bare = fold(text).words, fold(text, reads_signs=False).words
    return {
        "folded": folded,
        "bare": bare if bare != folded else "",
        "found": found,
        "outcome": OUTCOME_WORDS[strongest(matches).value] if matches else _("let it pass"),
    }
