"""Invites, for staff."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import phones
from accounts.contact_forms import PHONE_ERRORS
from accounts.models import User
from accounts.requests import MemberRequest
from invites import services
from invites.errors import TITLES, InviteRefused
from invites.models import Invite, InviteQuerySet, NeverInvite, QuotaEntry, Redemption
from invites.services import quota
from invites.words import link_of
from rooms.admin import ReadOnlyAdmin


class StaffInviteForm(forms.ModelForm):
    """An invite, with the phone as it is typed."""

    phone = forms.CharField(
        label=_("for this phone only"), required=False, help_text=_("Begin with + and the country’s prefix.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = capfirst(str(self.fields["phone"].label))

    def clean_phone(self) -> str:
        """In one spelling."""
        typed = self.cleaned_data["phone"]
        try:
            return phones.parse(typed) if typed else ""
        except phones.PhoneRefused as refusal:
            raise ValidationError(PHONE_ERRORS[refusal.code], code=refusal.code) from refusal

    def clean(self) -> dict[str, Any]:
        """For an address or a phone, and then for one person."""
        cleaned = super().clean() or {}
        if cleaned.get("phone") and cleaned.get("email"):
            self.add_error("phone", _("Choose an address or a phone, not both."))
        if cleaned.get("phone") and cleaned.get("seats", 1) > 1:
            self.add_error("seats", _("An invite for one address or phone has one seat."))
        return cleaned


class RedemptionInline(admin.TabularInline):
    """Who came by an invite."""

    model = Redemption
    extra = 0
    can_delete = False
    readonly_fields = ("user", "at")

    def has_add_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """People redeem invites; staff do not do it for them."""
        return False


@admin.register(Invite)
class InviteAdmin(admin.ModelAdmin):
    """Make, look at, withdraw. A link is shown once, when it is made, and never if it is bound to an address."""

    list_display = ("public_id", "sponsor", "whom_for", "seats_taken", "seats", "expires_at", "state_now")
    list_filter = ("is_from_quota", "language", "created_at")
    date_hierarchy = "created_at"
    form = StaffInviteForm
    list_select_related = ("sponsor",)
    search_fields = ("public_id", "email", "sponsor__email")
    autocomplete_fields = ("sponsor",)
    raw_id_fields = ("room",)
    fields = ("sponsor", "email", "phone", "room", "note", "seats", "language", "expires_at")
    actions = ("revoke", "send_again")
    inlines = (RedemptionInline,)

    @admin.display(description=_("good for"))
    def state_now(self, invite: Invite) -> str:
        """Open, or why not."""
        return invite.state().name.lower()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """An invite is good for as long as the settings say, unless staff choose otherwise."""
        return {"expires_at": services.usual_expiry(), **super().get_changeform_initial_data(request)}

    def get_fields(self, request: HttpRequest, obj: Invite | None = None) -> tuple[str, ...]:
        """What is typed, or what there is to see."""
        if obj is None:
            return self.fields
        made = (
            "public_id",
            "sponsor",
            "made_by",
            "email",
            "phone_hint",
            "room",
            "note",
            "seats",
            "seats_taken",
            "language",
        )
        return (*made, "is_from_quota", "sends", "sent_at", "created_at", "expires_at", "expired_at", "revoked_at")

    def has_change_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """An invite is not edited: withdraw it and make another."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """The tree of who invited whom is kept."""
        return False

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:
        """Make the invite through its service and show or mail the link."""
        assert isinstance(request.user, User)
        names = ("sponsor", "email", "room", "note", "seats", "language", "expires_at")
        chosen = {name: getattr(obj, name) for name in names} | {"phone": form.cleaned_data["phone"]}
        invite, code = services.create_invite(by=request.user, **chosen)
        obj.__dict__.update(invite.__dict__)
        if invite.is_bound:
            services.send(invite, code)
            messages.success(request, _("The invitation to %(whom)s is on its way.") % {"whom": invite.whom_for})
        else:
            messages.success(request, _("Copy the link now, it is shown only once: %(link)s") % {"link": link_of(code)})

    @admin.action(description=_("Withdraw the selected invites"), permissions=["change"])
    def revoke(self, request: MemberRequest, queryset: InviteQuerySet) -> None:
        """Withdraw several at once."""
        open_ones = list(queryset.filter(revoked_at=None))
        for invite in open_ones:
            services.revoke(invite, by=request.user)
        count = len(open_ones)
        messages.success(
            request, ngettext("%(count)d invite withdrawn.", "%(count)d invites withdrawn.", count) % {"count": count}
        )

    @admin.action(description=_("Send the selected invites again, with new links"), permissions=["change"])
    def send_again(self, request: MemberRequest, queryset: InviteQuerySet) -> None:
        """Only what is for one address or phone can be sent."""
        sent = 0
        for invite in queryset.select_related("sponsor"):
            try:
                if invite.is_bound:
                    services.renew(invite, by=request.user)
                    sent += 1
            except InviteRefused as refusal:
                messages.warning(request, f"{invite.public_id}: {TITLES[refusal.code]}")
        messages.success(request, ngettext("%(count)d invite sent.", "%(count)d invites sent.", sent) % {"count": sent})


@admin.register(QuotaEntry)
class QuotaEntryAdmin(admin.ModelAdmin):
    """How many people members may invite, and why: to read, and to give more or fewer."""

    list_display = ("at", "user", "amount", "reason", "note", "by")
    list_filter = ("reason",)
    list_select_related = ("user", "by")
    search_fields = ("user__email", "user__profile__name", "note")
    date_hierarchy = "at"
    autocomplete_fields = ("user",)
    fields = ("user", "amount", "note")

    def get_fields(self, request: HttpRequest, obj: QuotaEntry | None = None) -> tuple[str, ...]:
        """What is typed, or all of it."""
        return self.fields if obj is None else ("at", "user", "amount", "reason", "cause", "note", "by")

    def has_change_permission(self, request: HttpRequest, obj: QuotaEntry | None = None) -> bool:
        """A ledger is appended to."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: QuotaEntry | None = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: HttpRequest, obj: QuotaEntry, form: Any, change: bool) -> None:
        """Give, with a line that the member reads."""
        assert isinstance(request.user, User)
        made = quota.grant(obj.user, obj.amount, by=request.user, note=obj.note)
        obj.__dict__.update(made.__dict__)


@admin.register(NeverInvite)
class NeverInviteAdmin(ReadOnlyAdmin):
    """How many want no invitation. Who they are is not known."""

    list_display = ("at",)
    date_hierarchy = "at"
