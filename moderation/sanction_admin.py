"""Sanctions, for staff: imposed with a rule and facts, looked at, lifted with a reason."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.own_data import documents
from accounts.requests import pk_of
from accounts.text import validate_prose
from moderation import services
from moderation.models import KEEPS_OUT, Flag, Report, Sanction, SanctionKind, holding
from moderation.models.sanctions import MOST_FACTS, MOST_REASON
from moderation.notices import rule_of
from moderation.services.sanctions import MIN_FACTS
from moderation.strikes import strike_of, strikes_of
from moderation.trust import trust_of
from rooms.admin import ReadOnlyAdmin
from rooms.models import Room

REFUSED: dict[str, Promise] = {
    "rule_unknown": gettext_lazy("There is no such rule."),
    "facts_missing": gettext_lazy("Write what happened: the person reads it."),
    "until_past": gettext_lazy("The end has to be to come."),
    "until_needless": gettext_lazy("A warning has no end."),
    "until_later": gettext_lazy("It ends sooner than that already."),
    "yourself": gettext_lazy("Nobody decides about themselves."),
    "partial": gettext_lazy("You are part of what was reported: somebody else of staff has to decide."),
    "staff": gettext_lazy("Take their rights as staff first."),
    "over": gettext_lazy("It is over already."),
    "reason_missing": gettext_lazy("Write a reason."),
}
_LENGTHS = (
    ("", gettext_lazy("Without an end")),
    ("1", gettext_lazy("A day")),
    ("3", gettext_lazy("Three days")),
    ("7", gettext_lazy("A week")),
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("A year")),
)


class HoldsFilter(admin.SimpleListFilter):
    """Those that hold now, and those that are over."""

    title = gettext_lazy("holds")
    parameter_name = "holds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two."""
        return [("yes", _("Holds now")), ("no", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> QuerySet[Sanction]:
        """Those."""
        if self.value() == "yes":
            return queryset.filter(holding())
        return queryset.exclude(holding()) if self.value() == "no" else queryset


class SanctionForm(forms.Form):
    """What is done, to whom, for which rule, and what happened."""

    person = forms.CharField(
        label=gettext_lazy("Whom"),
        max_length=254,
        help_text=gettext_lazy("E-mail address, or the public id of a profile."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=SanctionKind)
    days = forms.ChoiceField(label=gettext_lazy("How long"), choices=_LENGTHS, required=False, initial="7")
    rule = forms.TypedChoiceField(label=gettext_lazy("Rule"), coerce=int)
    facts = forms.CharField(
        label=gettext_lazy("What happened"),
        min_length=MIN_FACTS,
        max_length=MOST_FACTS,
        validators=[validate_prose],
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=gettext_lazy("The person reads it: what they did, not who reported it."),
    )
    room = forms.CharField(
        label=gettext_lazy("Room"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Its public id, if it was in one."),
    )
    report = forms.ModelChoiceField(
        queryset=Report.objects.all(), required=False, widget=forms.NumberInput, label=gettext_lazy("Report")
    )
    flag = forms.ModelChoiceField(
        queryset=Flag.objects.all(), required=False, widget=forms.NumberInput, label=gettext_lazy("Flag")
    )

    def __init__(self, *args: Any, may_ban: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = documents.find(documents.RULES)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            (each.number, f"{each.number}. {each.title}") for each in (rules.rules() if rules else [])
        ]
        self._may_ban = may_ban

    def clean_person(self) -> User:
        """Somebody there is."""
        said = self.cleaned_data["person"].strip()
        found = User.objects.filter(Q(email=said.lower()) | Q(public_id=said)).first()
        if found is None or found.is_former:
            raise ValidationError(_("There is nobody like that."), code="person_unknown")
        return found

    def clean_room(self) -> Room | None:
        """A room there is, or none."""
        said = self.cleaned_data["room"].strip()
        room = Room.objects.filter(public_id=said).first() if said else None
        if said and room is None:
            raise ValidationError(_("There is no such room."), code="room_unknown")
        return room

    def clean(self) -> dict[str, Any]:
        """Some keep people out for good, others do not."""
        cleaned = super().clean() or {}
        kind, days = cleaned.get("kind"), cleaned.get("days")
        is_for_good = kind == SanctionKind.BAN or (kind == SanctionKind.SUSPEND and not days)
        if is_for_good and not self._may_ban:
            self.add_error("kind", ValidationError(_("That is for senior staff."), code="not_allowed"))
        return cleaned

    def until(self) -> datetime | None:
        """When it ends."""
        days = self.cleaned_data["days"]
        if not days or self.cleaned_data["kind"] == SanctionKind.WARN:
            return None
        return timezone.now() + timedelta(days=int(days))


class LiftForm(forms.Form):
    """Why a sanction is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MOST_REASON, widget=forms.TextInput(attrs={"size": 80})
    )
    as_mistake = forms.BooleanField(
        label=gettext_lazy("It was a mistake"),
        required=False,
        help_text=gettext_lazy(
            "Then it counts as no strike any more, and whoever invited them gets back what it cost."
        ),
    )


@admin.register(Sanction)
class SanctionAdmin(ReadOnlyAdmin):
    """Rows that only the services write."""

    list_display = ("at", "user", "kind", "until", "state", "decider", "by", "rule", "room")
    list_filter = (HoldsFilter, "kind", "decider", "overturned", "rule")
    list_select_related = ("user", "by", "room")
    search_fields = ("public_id", "user__email", "user__public_id", "user__profile__name", "facts", "room__title")
    date_hierarchy = "at"

    def has_impose_permission(self, request: HttpRequest) -> bool:
        """Whether they may sanction anybody."""
        return request.user.has_perm("moderation.impose_sanction")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Whether they may take one back."""
        return request.user.has_perm("moderation.lift_sanction")

    def may_lift(self, request: HttpRequest, sanction: Sanction) -> bool:
        """What keeps somebody out without an end is taken back by who may impose it; on an appeal by whoever decides it."""
        is_for_good = sanction.kind in KEEPS_OUT and sanction.until is None
        return self.has_lift_permission(request) and (not is_for_good or request.user.has_perm("moderation.ban_member"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By imposing."""
        return self.has_impose_permission(request)

    @admin.display(description=gettext_lazy("state"))
    def state(self, sanction: Sanction) -> str:
        """How it stands."""
        return state_of(sanction)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Impose one. Whom, which report and which flag can be in the address."""
        if not self.has_impose_permission(request):
            raise PermissionDenied
        initial = {
            name: request.GET[name] for name in ("person", "room", "report", "flag", "kind") if name in request.GET
        }
        may_ban = request.user.has_perm("moderation.ban_member")
        form = SanctionForm(request.POST or None, initial=initial, may_ban=may_ban)
        if request.method == "POST" and form.is_valid() and (made := self._impose(request, form)) is not None:
            messages.success(request, _("It holds from now on. They are told by mail, with the way to appeal."))
            return redirect("admin:moderation_sanction_change", made.pk)
        return self._page(request, "admin/moderation/sanction/add_form.html", _("Impose a sanction"), {"form": form})

    def _impose(self, request: HttpRequest, form: SanctionForm) -> Sanction | None:
        assert isinstance(request.user, User)
        said = form.cleaned_data
        try:
            return services.impose(
                said["person"],
                said["kind"],
                rule=said["rule"],
                facts=said["facts"],
                until=form.until(),
                room=said["room"],
                report=said["report"],
                flag=said["flag"],
                by=request.user,
            )
        except services.SanctionRefused as refusal:
            form.add_error(None, str(REFUSED.get(refusal.code, refusal.code)))
            return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All of one, what else weighs on the person, and, to whom it is open, taking it back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Sanction.objects.select_related("user__profile", "by__profile", "lifted_by__profile", "room", "appeal")
        sanction = get_object_or_404(rows, pk=pk_of(object_id))
        form = LiftForm(request.POST or None)
        if request.method == "POST":
            if not self.may_lift(request, sanction):
                raise PermissionDenied
            if form.is_valid() and self._lift(request, sanction, form):
                return redirect("admin:moderation_sanction_change", sanction.pk)
        may_lift = self.may_lift(request, sanction) and not sanction.overturned and sanction.user_id != request.user.pk
        context = {
            "sanction": sanction,
            "state": state_of(sanction),
            "rule": rule_of(sanction),
            "strike": strike_of(sanction),
            "strikes": strikes_of(sanction.user) if sanction.user else None,
            "trust": trust_of(sanction.user) if sanction.user else None,
            "others": Sanction.objects.filter(user=sanction.user_id).exclude(pk=sanction.pk)
            if sanction.user_id
            else [],
            "form": form if may_lift else None,
            "holds": sanction.holds(),
        }
        return self._page(request, "admin/moderation/sanction/change_form.html", str(sanction), context)

    def _lift(self, request: HttpRequest, sanction: Sanction, form: LiftForm) -> bool:
        assert isinstance(request.user, User)
        said = form.cleaned_data
        try:
            services.lift(sanction, by=request.user, reason=said["reason"], as_mistake=said["as_mistake"])
        except services.SanctionRefused as refusal:
            form.add_error(None, str(REFUSED.get(refusal.code, refusal.code)))
            return False
        messages.success(request, _("It is lifted. They are told by mail."))
        if (
            sanction.kind in KEEPS_OUT
            and sanction.user
            and not User.objects.filter(pk=sanction.user.pk, is_active=True).exists()
        ):
            messages.warning(request, _("Something else still keeps them out."))
        return True

    def _page(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        everywhere = {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, {**everywhere, **context})


def state_of(sanction: Sanction) -> str:
    """How a sanction stands, in a word or two."""
    if sanction.overturned:
        return _("overturned")
    if sanction.lifted_at is not None:
        return _("lifted")
    if sanction.is_instant:
        return _("said")
    return _("holds") if sanction.holds() else _("ended")
