"""Invites, for staff."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.requests import MemberRequest
from invites import services
from invites.models import Invite, InviteQuerySet, Redemption


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

    list_display = ("public_id", "sponsor", "email", "seats_taken", "seats", "expires_at", "state_now")
    list_filter = ("revoked_at", "expires_at")
    list_select_related = ("sponsor",)
    search_fields = ("public_id", "email", "sponsor__email")
    autocomplete_fields = ("sponsor",)
    raw_id_fields = ("room",)
    fields = ("sponsor", "email", "room", "note", "seats", "expires_at", "seats_taken", "revoked_at")
    readonly_fields = ("seats_taken", "revoked_at")
    actions = ("revoke",)
    inlines = (RedemptionInline,)

    @admin.display(description=_("good for"))
    def state_now(self, invite: Invite) -> str:
        """Open, or why not."""
        return invite.state().name.lower()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """An invite is good for as long as the settings say, unless staff choose otherwise."""
        return {"expires_at": services.usual_expiry(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """An invite is not edited: withdraw it and make another."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """The tree of who invited whom is kept."""
        return False

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:
        """Make the invite through its service and show or mail the link."""
        assert isinstance(request.user, User)
        names = ("sponsor", "email", "room", "note", "seats", "expires_at")
        invite, code = services.create_invite(by=request.user, **{name: getattr(obj, name) for name in names})
        obj.__dict__.update(invite.__dict__)
        link = request.build_absolute_uri(reverse("invites:preview", args=[code]))
        if invite.email:
            services.send_invite(invite, link)
            messages.success(request, _("The link was mailed to %(address)s.") % {"address": invite.email})
        else:
            messages.success(request, _("Copy the link now, it is shown only once: %(link)s") % {"link": link})

    @admin.action(description=_("Withdraw the selected invites"))
    def revoke(self, request: MemberRequest, queryset: InviteQuerySet) -> None:
        """Withdraw several at once."""
        open_ones = list(queryset.filter(revoked_at=None))
        for invite in open_ones:
            services.revoke(invite, by=request.user)
        count = len(open_ones)
        messages.success(
            request, ngettext("%(count)d invite withdrawn.", "%(count)d invites withdrawn.", count) % {"count": count}
        )
