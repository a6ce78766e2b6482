"""What accounts, and the packages that they stand on, keep about a person: see accounts.own_data.registry."""

import contextlib
from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import bans, photos, sessions
from accounts.browsers import browser_in_words
from accounts.claim_models import ClaimDocument
from accounts.claims import private_files
from accounts.models import AuditEntry, OutboxMessage, Profile, User
from accounts.own_data import exports
from accounts.own_data.registry import (
    Erasure,
    Link,
    Subject,
    by_account,
    by_contact,
    by_public_id,
    declare,
    not_personal,
)
from accounts.portraits import PHOTO_SIZES
from accounts.sealing import CLAIM, Unreadable, unseal

CONFIDENCE = _("It would tell what others did in confidence.")
NOTHING_MORE = _("It holds nothing about you that is not in another part of this export.")
SECRETS = _("Keys and secrets that guard your account: in a file they would endanger it.")


def register() -> None:
    """Declare it."""
    _about_oneself()
    _about_others()
    _signing_in()
    _messages_and_records()
    not_personal(
        sessions__Session__session_key="Ended at once when the account is deleted; found through the list of sessions.",
        sessions__Session__session_data="As above.",
        account__EmailConfirmation__key="Of a link that allauth makes; we prove by codes.",
        usersessions__UserSession__session_key="Goes with its row.",
        accounts__Phone__key="Goes with its row.",
        accounts__Phone__sealed="Goes with its row.",
        accounts__OutboxMessage__sealed_address="Goes with its row, and once it was sent.",
        accounts__OutboxMessage__sealed_content="As above.",
        accounts__BoundContact__cause="Names a measure.",
        accounts__FormerContact__contact_key="Goes with its row.",
        accounts__Claim__key="Goes with its row.",
        accounts__Claim__sealed="Goes with its row.",
        accounts__ClaimDocument__sealed_key="Goes with its row.",
        accounts__Profile__name_key="Goes with its row.",
        accounts__Expertise__key="Goes with its row.",
        accounts__AccountDeletion__delayed_by="A code.",
        accounts__OneTimeCode__subject="Goes with its row.",
        accounts__OutboxMessage__key="Random.",
        account__EmailAddress__email="Goes with its row.",
        usersessions__UserSession__ip="Goes with its row.",
        accounts__AuditEntry__reason="Words of staff about an act.",
        socialaccount__SocialApp__key="Of the provider.",
    )


def _about_oneself() -> None:
    declare(
        Link(
            model="accounts.Profile",
            field="user",
            find=by_account("user"),
            title=_("Your profile"),
            columns=(
                "name",
                "headline",
                "headline_visibility",
                "organisation",
                "organisation_visibility",
                "industry=industry__name_en",
                "industry_visibility",
                "expertise_visibility",
                "language",
                "languages_visibility",
                "bio",
                "bio_visibility",
                "links_visibility",
                "portrait",
                "photo_visibility",
            ),
            files=_photo,
            erasure=Erasure.DELETE,  # the photo's files go with it
        ),
        Link(
            model="accounts.Expertise",
            field="profile",
            find=by_account("profile__user"),
            title=_("What you are an expert in"),
            columns=("words",),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Language",
            field="profile",
            find=by_account("profile__user"),
            title=_("Languages you speak"),
            columns=("code",),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.ProfileLink",
            field="profile",
            find=by_account("profile__user"),
            title=_("Links in your profile"),
            columns=("url",),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.ClaimDocument",
            field="claim",
            find=by_account("claim__user"),
            title=_("Documents that wait to be reviewed"),
            columns=("name", "media_type", "size", "stored_at"),
            files=_documents,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Claim",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Claims of others that you decided about"),
            columns=("kind", "about", "state", "state_at", "reason"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="accounts.NameChange",
            field="user",
            find=by_account("user"),
            title=_("Names that you took or wanted"),
            columns=("before", "wanted", "state", "asked_at", "decided_at", "reason"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.NameChange",
            field="looks_like",
            find=by_account("looks_like"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="accounts.NameChange",
            field="decided_by",
            find=by_account("decided_by"),
            title=_("Names of others that you decided about"),
            columns=("wanted", "state", "decided_at", "reason"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="accounts.Consent",
            field="user",
            find=by_account("user"),
            title=_("What you agreed to"),
            columns=("document", "version", "language", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.NotificationChoice",
            field="user",
            find=by_account("user"),
            title=_("What you want to be told"),
            columns=("kind", "channel", "is_wanted", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.DataExport",
            field="user",
            find=by_account("user"),
            title=_("Exports that you asked for"),
            columns=("requested_at", "state", "ready_at", "expires_at"),
            erasure=Erasure.DELETE,
            erase=lambda subject: exports.delete_all_of(subject.user),
        ),
        Link(
            model="accounts.AccountDeletion",
            field="user",
            find=by_account("user"),
            title=_("Deletions of your account"),
            columns=("requested_at", "final_at", "state", "undone_at"),
            erasure=Erasure.DETACH,
            erase=lambda subject: (
                None
            ),  # the job holds the row until its last step, and the account takes the link along
        ),
        Link(
            model="accounts.AccountDeletion",
            field="person",
            find=by_public_id("person"),
            withheld=NOTHING_MORE,
            erasure=Erasure.KEEP,
            why=_(
                "That your account was deleted, and when, by a random id that leads to nobody: to prove that it was done."
            ),
            until=_("as long as this MiTalk exists"),
        ),
    )


def _documents(subject: Subject) -> dict[str, bytes]:
    endings = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
    found = {}
    for document in ClaimDocument.objects.filter(claim__user=subject.user):
        # Decided meanwhile, or its key is gone: the rest is theirs all the same.
        with contextlib.suppress(FileNotFoundError, Unreadable):
            content = private_files.read(private_files.Kept(document.name, document.sealed_key))
            found[f"{document.name}.{endings.get(document.media_type, 'bin')}"] = content
    return found


def _photo(subject: Subject) -> dict[str, bytes]:
    profile = Profile.objects.filter(user=subject.user).exclude(photo="").first()
    picture = photos.read(profile.photo, max(PHOTO_SIZES)) if profile else None
    return {"photo.webp": picture} if picture else {}


_OF_A_CLAIM = (
    "kind",
    "about",
    "document_kind",
    "jurisdiction",
    "note",
    "state",
    "made_at",
    "verified_at",
    "expires_at",
    "question",
    "answer",
)


def _claims(subject: Subject) -> Iterable[dict[str, Any]]:
    """With the work address, or the number of the licence, as long as it is kept."""
    for claim in subject.user.claims.order_by("pk"):
        row = {name: getattr(claim, name) for name in _OF_A_CLAIM}
        try:
            yield row | {"address_or_number": unseal(claim.sealed, purpose=CLAIM) if claim.sealed else ""}
        except Unreadable:
            yield row | {"address_or_number": ""}


def _phones(subject: Subject) -> Iterable[dict[str, Any]]:
    for phone in subject.user.__class__.objects.filter(pk=subject.user.pk, phone__isnull=False).select_related("phone"):
        number = next((contact.value for contact in subject.contacts if contact.channel == "sms"), "")
        yield {"phone": number, "proven": phone.phone.verified_at}


def _about_others() -> None:
    declare(
        Link(
            model="accounts.Follow",
            field="follower",
            find=by_account("follower"),
            title=_("Whom you follow"),
            columns=("whom=followed__profile__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Follow",
            field="followed",
            find=by_account("followed"),
            title=_("Who follows you"),
            columns=("who=follower__profile__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Block",
            field="blocker",
            find=by_account("blocker"),
            title=_("Whom you blocked"),
            columns=("whom=blocked__profile__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Block",
            field="blocked",
            find=by_account("blocked"),
            withheld=CONFIDENCE,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Mute",
            field="muter",
            find=by_account("muter"),
            title=_("Whom you muted for yourself"),
            columns=("whom=muted__profile__name", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.Mute",
            field="muted",
            find=by_account("muted"),
            withheld=CONFIDENCE,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.User",
            field="sponsor",
            find=by_account("sponsor"),
            title=_("Who came by your invites"),
            columns=("who=profile__name", "date_joined"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="accounts.User",
            field="branch_of",
            find=by_account("branch_of"),
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
            erase=_hand_on_the_branch,
        ),
    )


def _hand_on_the_branch(subject: Subject) -> None:
    """Whoever came by them hangs from who is above them: nobody takes a branch apart by leaving."""
    User.objects.filter(branch_of=subject.user).update(branch_of=subject.user.branch_of)


def _signing_in() -> None:
    mine = by_account("user")
    declare(
        Link(
            model="account.EmailAddress",
            field="user",
            find=mine,
            title=_("Your e-mail addresses"),
            columns=("email", "verified", "primary"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="account.EmailConfirmation",
            field="email_address",
            find=by_account("email_address__user"),
            withheld=SECRETS,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="mfa.Authenticator",
            field="user",
            find=mine,
            title=_("Passkeys, authenticator apps and recovery codes"),
            columns=("type", "created_at", "last_used_at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="usersessions.UserSession",
            field="user",
            find=mine,
            title=_("Where you are signed in"),
            as_rows=_sessions,
            erasure=Erasure.DELETE,
            erase=lambda subject: _end_sessions(subject.user),
        ),
        Link(
            model="socialaccount.SocialAccount",
            field="user",
            find=mine,
            title=_("Accounts elsewhere that you sign in by"),
            columns=("provider", "uid", "extra_data", "date_joined", "last_login"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="socialaccount.SocialToken",
            field="account",
            find=by_account("account__user"),
            withheld=SECRETS,
            erasure=Erasure.DELETE,
        ),
    )


def _sessions(subject: Subject) -> Iterable[dict[str, Any]]:
    for session in UserSession.objects.filter(user=subject.user).order_by("created_at"):
        yield {
            "browser": browser_in_words(session.user_agent),
            "address": session.ip,
            "since": session.created_at,
            "last_seen": session.last_seen_at,
        }


def _end_sessions(user: User) -> None:
    sessions.end_sessions(user)
    UserSession.objects.filter(user=user).delete()


def _messages_and_records() -> None:
    declare(
        Link(
            model="accounts.OneTimeCode",
            field="contact_key",
            find=by_contact("contact_key"),
            withheld=SECRETS,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="accounts.OutboxMessage",
            field="contact_key",
            find=by_contact("contact_key"),
            title=_("Mail and text messages that were sent to you"),
            columns=("channel", "kind", "made_at", "done_at", "sent"),
            erasure=Erasure.DELETE,
            erase=_erase_messages,
        ),
        Link(
            model="accounts.AuditEntry",
            field="actor",
            find=by_public_id("actor"),
            title=_("What you did that is written down"),
            columns=("at", "act", "target", "reason"),
            erasure=Erasure.KEEP,
            why=_(
                "What staff and those who run rooms did, by a random id: who was treated unfairly can have it looked at."
            ),
            until=_("as long as this MiTalk exists"),
        ),
        Link(
            model="accounts.AuditEntry",
            field="target",
            find=lambda subject: Q(target__contains=subject.public_id),
            title=_("What was done about you that is written down"),
            as_rows=_done_about,
            erasure=Erasure.KEEP,
            why=_("What was done about you, by a random id: a record that could be changed would prove nothing."),
            until=_("as long as this MiTalk exists"),
        ),
        Link(
            model="admin.LogEntry",
            field="user",
            find=by_account("user"),
            title=_("What you changed on the staff’s pages"),
            columns=("action_time", "object_repr", "change_message"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="admin.LogEntry",
            field="object_id",
            find=_log_about,
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
            erase=lambda subject: _forget_in_log(subject),
        ),
        Link(
            model="accounts.BoundContact",
            field="user",
            find=by_account("user"),
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="accounts.BoundContact",
            field="person",
            find=by_public_id("person"),
            title=_("Measures that keep your address and phone out"),
            columns=("cause", "at"),
            erasure=Erasure.KEEP,
            why=_(
                "That staff keep somebody out, by hashes of their address and phone, so that a new account does not help."
            ),
            until=_("until the measure is lifted"),
        ),
        Link(
            model="accounts.BoundContact",
            field="contact_key",
            find=lambda subject: Q(contact_key__in=bans.keys_of(subject.contacts)),
            withheld=NOTHING_MORE,
            erasure=Erasure.KEEP,
            why=_(
                "That staff keep somebody out, by hashes of their address and phone, so that a new account does not help."
            ),
            until=_("until the measure is lifted"),
        ),
        Link(
            model="accounts.FormerContact",
            field="user",
            find=by_account("user"),
            title=_("Hashes of addresses and phones that you gave up"),
            columns=("until",),
            erasure=Erasure.DELETE,
        ),
        # After what is found by its keyed hash.
        Link(
            model="accounts.Claim",
            field="user",
            find=by_account("user"),
            title=_("Your claims"),
            as_rows=_claims,
            erasure=Erasure.DELETE,  # a document's file goes with its row
        ),
        Link(
            model="accounts.Phone",
            field="user",
            find=by_account("user"),
            title=_("Your phone"),
            as_rows=_phones,
            erasure=Erasure.DELETE,
        ),
        # The last of all: the job of an erasure deletes the account itself, in one transaction with what it notes.
        Link(
            model="accounts.User",
            field="email",
            find=by_account("pk"),
            title=_("Your account"),
            columns=(
                "public_id",
                "email",
                "date_joined",
                "last_login",
                "invited_by=sponsor__profile__name",
                "is_staff",
            ),
            erasure=Erasure.DELETE,
            erase=lambda subject: None,
        ),
    )


def _erase_messages(subject: Subject) -> None:
    OutboxMessage.objects.filter(contact_key__in=subject.contact_keys).delete()


def _done_about(subject: Subject) -> Iterable[dict[str, Any]]:
    """Without who did it, and without their words, which may name others."""
    for entry in AuditEntry.objects.filter(target__contains=subject.public_id).order_by("pk"):
        yield {"at": entry.at, "act": entry.act}


def _log_about(subject: Subject) -> Q:
    models = ContentType.objects.get_for_models(User, for_concrete_models=False).values()
    return Q(content_type__in=[kind.pk for kind in models], object_id=str(subject.user.pk))


def _forget_in_log(subject: Subject) -> None:
    LogEntry.objects.filter(_log_about(subject)).update(object_repr=gettext("A former member"), object_id=None)
