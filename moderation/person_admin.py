"""Everybody, for staff: found by name or address, looked at on one page, sanctioned one by one or many for the same thing."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import FORMER_MEMBER, User
from accounts.requests import pk_of
from moderation import services
from moderation.models import Person
from moderation.sanction_admin import REFUSED, SanctionForm
from moderation.strikes import totals_of
from rooms.admin import ReadOnlyAdmin

MOST_AT_ONCE = 100


class SanctionAllForm(SanctionForm):
    """The same for all that were chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "report", "flag"):
            del self.fields[name]


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People; what is done to their accounts is done elsewhere."""

    list_display = ("whom", "email", "strikes", "is_active", "is_staff", "date_joined")
    list_display_links = None
    list_filter = ("is_active", "is_staff", "is_demo")
    list_select_related = ("profile",)
    list_per_page = 50
    search_fields = ("email", "profile__name", "public_id", "profile__organisation")
    ordering = ("-date_joined",)
    actions = ("sanction_chosen",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Without the one account that stands for all who are gone."""
        return super().get_queryset(request).exclude(email=FORMER_MEMBER)

    def has_impose_permission(self, request: HttpRequest) -> bool:
        """Whether they may sanction anybody."""
        return request.user.has_perm("moderation.impose_sanction")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Their page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        person = self.get_queryset(request).filter(pk=pk_of(object_id)).first()
        return redirect("admin:person", person.public_id) if person else redirect("admin:moderation_person_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the strikes of all of them in one question."""
        response = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", None) or {}
        if "cl" in listed:
            totals = totals_of(person.pk for person in listed["cl"].result_list)
            for person in listed["cl"].result_list:
                person.strikes_now = totals.get(person.pk, 0)
        return response

    @admin.display(description=gettext_lazy("name"), ordering="profile__name")
    def whom(self, person: Person) -> SafeString:
        """Leads to their page."""
        return format_html('<a href="{}">{}</a>', reverse("admin:person", args=[person.public_id]), person.name or "–")

    @admin.display(description=gettext_lazy("strikes"))
    def strikes(self, person: Any) -> int:
        """What weighs on them."""
        return getattr(person, "strikes_now", 0)

    @admin.action(
        description=gettext_lazy("Sanction the selected people, with a rule and facts"), permissions=["impose"]
    )
    def sanction_chosen(self, request: HttpRequest, people: QuerySet[Person]) -> HttpResponse | None:
        """For the same thing: asked once, imposed and written down for each."""
        chosen = list(people.select_related("profile")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            messages.error(request, _("Choose %(number)d at most.") % {"number": MOST_AT_ONCE})
            return None
        is_answer = "impose" in request.POST
        form = SanctionAllForm(
            request.POST if is_answer else None, may_ban=request.user.has_perm("moderation.ban_member")
        )
        if is_answer and form.is_valid():
            self._impose_on(request, chosen, form)
            return None
        everywhere = self.admin_site.each_context(request)
        context = {
            "title": _("Sanction several people"),
            "opts": self.model._meta,
            "chosen": chosen,
            "form": form,
            "action": "sanction_chosen",
        }
        return TemplateResponse(request, "admin/moderation/person/sanction.html", {**everywhere, **context})

    def _impose_on(self, request: HttpRequest, chosen: list[Person], form: SanctionAllForm) -> None:
        assert isinstance(request.user, User)
        said, made = form.cleaned_data, 0
        for person in chosen:
            user = User.objects.get(pk=person.pk)
            try:
                services.impose(
                    user,
                    said["kind"],
                    rule=said["rule"],
                    facts=said["facts"],
                    until=form.until(),
                    room=said["room"],
                    by=request.user,
                )
                made += 1
            except services.SanctionRefused as refusal:
                why = REFUSED.get(refusal.code, refusal.code)
                messages.warning(request, f"{user.name or user.email}: {why}")
        if made:
            done = ngettext("%(number)d person was sanctioned.", "%(number)d people were sanctioned.", made)
            messages.success(request, done % {"number": made})
