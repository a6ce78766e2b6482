"""People, for staff."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.claims import admin as _claims  # noqa: F401 - registers theirs
from accounts.hooks import sanctioned
from accounts.models import AuditEntry, Industry, OutboxMessage, Profile, User
from accounts.services import record

# allauth's own pages show secrets and would let staff give away an account; the OpenID provider comes from the settings.
for model in (Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class ProfileInline(admin.StackedInline):
    """The professional beside the account."""

    model = Profile


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts. Passwords are not shown and not set here: people reset their own."""

    list_display = ("email", "name", "sponsor", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "is_demo")
    list_select_related = ("profile", "sponsor")
    search_fields = ("email", "profile__name")
    fields = (
        "email",
        "public_id",
        "sponsor",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "date_joined",
        "last_login",
    )
    readonly_fields = ("public_id", "sponsor", "date_joined", "last_login")
    inlines = (ProfileInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts come from invites."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Suspending somebody is a sanction, and written down."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            assert isinstance(request.user, User)
            record("account.restored" if obj.is_active else "account.suspended", obj.public_id, actor=request.user)
            if not obj.is_active:
                sanctioned(obj, f"suspension {timezone.now().isoformat()}")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only a superuser hands out power."""
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, "is_staff", "is_superuser", "groups")


@admin.register(Industry)
class IndustryAdmin(admin.ModelAdmin):
    """Industries, named in three languages."""

    list_display = ("slug", "name_en", "name_zh", "name_ko")
    prepopulated_fields = {"slug": ("name_en",)}


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """What was done: to be read only."""

    list_display = ("at", "actor", "act", "target", "reason")
    list_filter = ("act",)
    search_fields = ("actor", "target")
    search_help_text = _("A public id, of who did it or on what")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entries come from what was done."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Never."""
        return False


@admin.register(OutboxMessage)
class OutboxMessageAdmin(admin.ModelAdmin):
    """What was sent, and what was not taken: to be read. Addresses and words are not shown."""

    list_display = ("made_at", "channel", "kind", "sent", "tries", "error_code", "done_at")
    list_filter = ("channel", "kind", "sent", "error_code")
    date_hierarchy = "made_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages come from what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        """The row is what keeps it from being sent twice."""
        return False
