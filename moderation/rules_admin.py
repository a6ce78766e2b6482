"""The community rules, for staff: a new version in three languages, looked at before it is published, and never changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.document_models import MOST_LETTERS
from accounts.models import DocumentVersion, User
from accounts.own_data import documents, rules
from accounts.own_data.publishing import LANGUAGES, NotPublished, check, publish_rules
from accounts.requests import pk_of
from accounts.text import validate_prose
from rooms.admin import ReadOnlyAdmin

_REFUSED: dict[str, Promise] = {
    "rules_unreadable": gettext_lazy(
        "Number the rules from 1 on, each with its title in a line of its own, what it says below, and an empty line after."
    ),
    "rules_differ": gettext_lazy("There have to be as many rules in each language."),
    "day_over": gettext_lazy("Choose today or a day to come."),
    "day_taken": gettext_lazy("A later version is announced already."),
}
_FIELDS = {"en": "text_en", "zh-hans": "text_zh", "ko": "text_ko"}


def _text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_LETTERS,
        validators=[validate_prose],
        widget=forms.Textarea(attrs={"rows": 18, "cols": 90}),
    )


class RulesForm(forms.Form):
    """All languages at once."""

    from_day = forms.DateField(
        label=gettext_lazy("Holds from"), help_text=gettext_lazy("From then on members are asked.")
    )
    text_en = _text(gettext_lazy("In English"))
    text_zh = _text(gettext_lazy("In Chinese"))
    text_ko = _text(gettext_lazy("In Korean"))

    def texts(self) -> dict[str, str]:
        """By language of pages."""
        return {language: self.cleaned_data[field] for language, field in _FIELDS.items()}

    def clean(self) -> dict[str, Any]:
        """What would be refused is said before it is looked at."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check(self.texts(), cleaned["from_day"])
            except NotPublished as refusal:
                field = _FIELDS.get(refusal.language, "from_day")
                self.add_error(field, forms.ValidationError(str(_REFUSED[refusal.code]), code=refusal.code))
        return cleaned


@admin.register(DocumentVersion)
class RulesAdmin(ReadOnlyAdmin):
    """Versions that staff published."""

    list_display = ("version", "name", "at")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whoever may add versions."""
        return request.user.has_perm("accounts.add_documentversion")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By publishing."""
        return self.has_publish_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a version, look at it, publish it. It begins as what holds today."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        form = RulesForm(request.POST or None, initial=self._as_it_holds())
        pages = []
        if request.method == "POST" and form.is_valid():
            if "publish" in request.POST:
                try:
                    made = publish_rules(form.texts(), form.cleaned_data["from_day"], by=request.user)
                except NotPublished as refusal:
                    form.add_error(None, str(_REFUSED[refusal.code]))
                else:
                    messages.success(request, _("Version %(version)s is published.") % {"version": made.version})
                    return redirect("admin:accounts_documentversion_change", made.pk)
            else:
                pages = _pages(form.texts())
        context = {"form": form, "pages": pages}
        title = _("New version of the community rules")
        return self._page(request, "admin/accounts/documentversion/add_form.html", title, context)

    def _as_it_holds(self) -> dict[str, Any]:
        document = documents.find(documents.RULES)
        texts = {field: document.as_written(language) for language, field in _FIELDS.items()} if document else {}
        return {"from_day": timezone.now().date(), **texts}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A version as members read it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = DocumentVersion.objects.filter(pk=pk_of(object_id)).first()
        if version is None:
            raise Http404
        pages = _pages({language: version.text(language) for language in LANGUAGES})
        return self._page(
            request,
            "admin/accounts/documentversion/change_form.html",
            version.version,
            {"pages": pages, "row": version},
        )

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        everywhere = {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, {**everywhere, **context})


def _pages(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    """Each language as members will read it: code, name, HTML."""
    return [
        (language, translation.get_language_info(language)["name_local"], rules.as_page(texts[language]))
        for language in LANGUAGES
    ]
