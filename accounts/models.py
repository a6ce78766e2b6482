"""Who people are: an account, the professional behind it, and what staff did."""

import secrets
import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Left, Right
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_key
from accounts.portraits import Look
from accounts.text import validate_prose, validate_words

FORMER_MEMBER = (
    "former-member@mitalk.invalid"  # the host of rooms whose host's account is erased: see accounts.own_data
)


PUBLIC_ID_LETTERS = 16


def random_id() -> str:
    """A public identifier that cannot be counted or guessed: 16 letters, 95 bits. It never begins as an option does."""
    while (found := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return found


class UserManager(BaseUserManager["User"]):
    """Makes accounts that are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account; without a password nobody can sign in to it by one."""
        user = self.model(email=normalised_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account that may do everything in the staff's pages."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of an address, whatever its case."""
        return self.get(email=normalised_email(username or ""))


def normalised_email(address: str) -> str:
    """One spelling for one mailbox: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", address).strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """An account. It is known by an e-mail address; what others see is its `Profile`."""

    public_id = models.CharField(max_length=24, unique=True, default=random_id, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_demo = models.BooleanField(_("demonstration account"), default=False)
    sponsor = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="sponsored", verbose_name=_("invited by")
    )
    branch_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="branches",
        verbose_name=_("above in the invite tree"),
        help_text=_("Whoever invited them; when that account is erased, who is above it, so that branches stay whole."),
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    agreed_to = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Which versions of all documents, in one word.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    session_that_stays: str | None = None  # of a password that is being changed: by which it is done

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Normalise before validation, so that uniqueness is checked on what will be stored."""
        super().clean()
        self.email = normalised_email(self.email)

    @property
    def name(self) -> str:
        """The name others see; empty until the profile is filled in."""
        if self.is_former:
            return gettext("A former member")
        profile = getattr(self, "profile", None)
        return profile.name if profile else ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Who is new hangs in the invite tree from whoever invited them."""
        if self._state.adding and self.branch_of_id is None:
            self.branch_of_id = self.sponsor_id
        super().save(*args, **kwargs)

    @property
    def is_former(self) -> bool:
        """Whether it is the one account that stands for all who are gone."""
        return self.email == FORMER_MEMBER


class Industry(models.Model):
    """A field of work. Topics and professionals belong to one."""

    slug = models.SlugField(max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_ko = models.CharField(_("Korean name"), max_length=60)

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering: ClassVar = ["name_en"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        from django.utils.translation import get_language

        language = get_language() or "en"
        return (
            self.name_zh if language.startswith("zh") else self.name_ko if language.startswith("ko") else self.name_en
        )


class SpokenLanguage(models.TextChoices):
    """The languages rooms are held in, each in its own name."""

    ENGLISH = "en", "English"
    CHINESE = "zh", "中文"
    KOREAN = "ko", "한국어"


class Visibility(models.TextChoices):
    """Who sees a part of a profile. Guests see a name, and a headline that is for every member."""

    MEMBERS = "members", _("Every member")
    CIRCLE = "circle", _("Followers I follow back")
    ME = "me", _("Only me")


def _visibility(of: Any) -> Any:
    return models.CharField(of, max_length=7, choices=Visibility, default=Visibility.MEMBERS)


class Profile(models.Model):
    """The professional behind an account. What others see of it goes through accounts.visibility, always."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    name = models.CharField(_("name"), max_length=60, validators=[MinLengthValidator(2), validate_words])
    headline = models.CharField(
        _("headline"),
        max_length=100,
        validators=[MinLengthValidator(2), validate_words],
        help_text=_("What you do, in a line."),
    )
    organisation = models.CharField(_("organisation"), max_length=80, blank=True, validators=[validate_words])
    industry = models.ForeignKey(
        Industry, on_delete=models.PROTECT, related_name="professionals", verbose_name=_("industry")
    )
    language = models.CharField(
        _("language you speak in rooms"), max_length=2, choices=SpokenLanguage, default=SpokenLanguage.ENGLISH
    )
    portrait = models.CharField(
        _("portrait"), max_length=20, blank=True, help_text=_("A drawn face; without one, your initials.")
    )
    name_key = models.CharField(
        max_length=120, blank=True, editable=False, db_index=True, help_text=_("One for all names that look alike.")
    )
    bio = models.TextField(_("about you"), max_length=1000, blank=True, validators=[validate_prose])
    photo = models.CharField(_("photo"), max_length=24, blank=True, editable=False, db_index=True)
    headline_visibility = _visibility(_("who sees the headline"))
    organisation_visibility = _visibility(_("who sees the organisation"))
    industry_visibility = _visibility(_("who sees the industry"))
    expertise_visibility = _visibility(_("who sees the expertise"))
    languages_visibility = _visibility(_("who sees the languages"))
    bio_visibility = _visibility(_("who sees what is about you"))
    photo_visibility = _visibility(_("who sees the photo"))
    links_visibility = _visibility(_("who sees the links"))

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the key of the name as it is now."""
        self.name_key = name_key(self.name)
        if (fields := kwargs.get("update_fields")) is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)

    @property
    def face(self) -> Look:
        """What is drawn for this person where every member sees it."""
        from accounts import visibility

        return visibility.face(self)

    @property
    def shown_headline(self) -> str:
        """What this person does, where every member reads it."""
        from accounts import visibility

        return visibility.headline(self)


class Follow(models.Model):
    """Somebody wants to know what somebody else does in MiTalk."""

    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows", verbose_name=_("who"))
    followed = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followers", verbose_name=_("whom"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follower", "followed"], name="one_follow_a_pair"),
            models.CheckConstraint(
                condition=~models.Q(follower=models.F("followed")), name="nobody_follows_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"


class Block(models.Model):
    """Somebody does not want to meet somebody else."""

    blocker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks", verbose_name=_("who"))
    blocked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocked_by", verbose_name=_("whom"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_pair"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class AuditEntry(models.Model):
    """One thing that staff, who runs a room, or an operator's command did. Appended, never changed, not even by staff: see
    accounts.audit. Who did it is named by public id, and stays so when their account is gone."""

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    actor = models.CharField(
        _("who"), max_length=24, blank=True, help_text=_("Public id. Empty: an operator's command.")
    )
    act = models.CharField(_("act"), max_length=40)
    target = models.CharField(_("on what"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [  # what accounts.audit.reading asks; the first is the order of the list
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_by_actor"),
            models.Index(Left("target", PUBLIC_ID_LETTERS), F("at").desc(), F("id").desc(), name="audit_by_head"),
            models.Index(Right("target", PUBLIC_ID_LETTERS), F("at").desc(), F("id").desc(), name="audit_by_tail"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append.

        Raises:
            TypeError: the entry already exists.
        """
        if self.pk is not None:
            raise TypeError("An audit entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse.

        Raises:
            TypeError: always.
        """
        raise TypeError("An audit entry is never deleted.")


class AuditSeal(models.Model):
    """A run of audit entries, sealed: see accounts.audit.chain."""

    number = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    first_entry = models.PositiveBigIntegerField(_("from entry"))
    last_entry = models.PositiveBigIntegerField(_("to entry"))
    digests = models.JSONField(_("digests of entries"))
    previous = models.CharField(_("digest before"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.first_entry} to {self.last_entry}"


# Django looks for models here.
from accounts.ban_models import BoundContact, FormerContact  # noqa: E402, F401
from accounts.claim_models import Claim, ClaimDocument, ClaimReplyTemplate  # noqa: E402, F401
from accounts.contact_models import (  # noqa: E402, F401
    OneTimeCode,
    OutboxMessage,
    Phone,
    SmsCount,
)
from accounts.data_models import (  # noqa: E402, F401
    AccountDeletion,
    Consent,
    DataExport,
    DeletionState,
    ExportState,
    NotificationChoice,
)
from accounts.document_models import DocumentVersion  # noqa: E402, F401
from accounts.mute_models import Mute  # noqa: E402, F401
from accounts.profile_models import Expertise, Language, NameChange, ProfileLink  # noqa: E402, F401
