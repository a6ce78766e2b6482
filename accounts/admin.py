"""People, for staff."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import name_admin as _name_admin  # noqa: F401 - registers its own pages
from accounts import photos
from accounts.claims import admin as _claims  # noqa: F401 - registers theirs
from accounts.models import (
    AccountDeletion,
    AuditEntry,
    BoundContact,
    Consent,
    DataExport,
    Industry,
    OutboxMessage,
    Profile,
    SmsCount,
    User,
)
from accounts.services import record

# allauth's own pages show secrets and would let staff give away an account; the OpenID provider comes from the settings.
for model in (Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class ProfileInline(admin.StackedInline):
    """The professional beside the account. A name changes by its owner, and passes the queue of names that look alike."""

    model = Profile
    readonly_fields = ("name", "photo")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People say themselves who they are."""
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts. Passwords are not shown and not set here: people reset their own. Nobody is kept out here: see moderation."""

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
    readonly_fields = ("public_id", "sponsor", "is_active", "date_joined", "last_login")
    inlines = (ProfileInline,)
    actions = ("take_down_photo",)

    def view_on_site(self, user: User) -> str:
        """Everything of them, on one page."""
        return reverse("admin:person", args=[user.public_id])

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts come from invites."""
        return False

    @admin.action(description=_("Take down their photo"), permissions=["change"])
    def take_down_photo(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Delete the photos of those who were chosen; it is written down."""
        assert isinstance(request.user, User)
        for user in queryset.exclude(profile__photo="").filter(profile__isnull=False):
            with transaction.atomic():
                photos.remove(user)
                record("photo.taken_down", user.public_id, actor=request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only a superuser hands out power. Whom staff keep out is a sanction, and no row here."""
        fields: tuple[str, ...] = self.readonly_fields
        if request.user.is_superuser:
            return fields
        return (*fields, "email", "is_staff", "is_superuser", "groups")  # whose address it is could sign in

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are erased step by step, by their owner or by an operator’s command."""
        return False


class SeenOnly(admin.ModelAdmin):
    """To be read: what is done to these rows is done by those they belong to, and by jobs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


@admin.register(AccountDeletion)
class AccountDeletionAdmin(SeenOnly):
    """Who is leaving, when it is final, and what delays it. Staff see it and cannot stop it."""

    list_display = ("person", "state", "requested_at", "final_at", "delayed_by", "undone_at", "erased_at")
    list_filter = ("state", "delayed_by")
    search_fields = ("person", "user__email")
    date_hierarchy = "requested_at"


@admin.register(DataExport)
class DataExportAdmin(SeenOnly):
    """Exports, without what is in them."""

    list_display = ("requested_at", "user", "state", "tries", "size", "expires_at")
    list_filter = ("state",)
    list_select_related = ("user",)


@admin.register(Consent)
class ConsentAdmin(SeenOnly):
    """Who agreed to what, and when."""

    list_display = ("at", "user", "document", "version", "language")
    list_filter = ("document", "version")
    list_select_related = ("user",)
    search_fields = ("user__email",)


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


@admin.register(BoundContact)
class BoundContactAdmin(admin.ModelAdmin):
    """Addresses and phones that let nobody in again: keyed hashes only. To delete one is to lift it, for people whose account
    is gone; of the others the suspension is lifted."""

    list_display = ("at", "person", "user", "cause")
    list_select_related = ("user",)
    search_fields = ("person", "user__email")
    search_help_text = _("Public id or address of an account")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from sanctions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: BoundContact | None = None) -> bool:
        """Nothing in it is to be changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BoundContact | None = None) -> bool:
        """Once the account is gone: until then the row is what holds it."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.user_id is None)

    def delete_model(self, request: HttpRequest, obj: BoundContact) -> None:
        """Written down."""
        assert isinstance(request.user, User)
        record("contact.freed", obj.person, actor=request.user, reason=obj.cause)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BoundContact]) -> None:
        """Each of them."""
        for bound in queryset.filter(user=None):
            self.delete_model(request, bound)


@admin.register(SmsCount)
class SmsCountAdmin(admin.ModelAdmin):
    """How many text messages went where, by day: to be read. Single phones are not shown."""

    list_display = ("day", "scope", "sent")
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SmsCount]:
        """Without single phones."""
        return super().get_queryset(request).exclude(scope__startswith="one ")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come from what is sent."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SmsCount | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SmsCount | None = None) -> bool:
        """The row is the limit."""
        return False
