"""What invites keep about a person: see accounts.own_data.registry."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.contacts import Channel
from accounts.own_data.registry import (
    Erasure,
    Link,
    Subject,
    by_account,
    by_contact,
    declare,
    not_personal,
)
from accounts.personal_data import CONFIDENCE, NOTHING_MORE
from invites.models import Application, Invite
from invites.services.issuing import revoke


def register() -> None:
    """Declare it."""
    _invites()
    _applications()
    _measures()
    not_personal(
        invites__Invite__code_hash="Of a code.",
        invites__Invite__reminder_hash="Of a code.",
        invites__Invite__phone_sealed="Goes with phone_key.",
        invites__Invite__phone_hint="Goes with phone_key.",
        invites__Application__phone_hint="Goes with contact_key.",
        invites__Application__phone_sealed="Goes with contact_key.",
        invites__Application__email="Goes with contact_key.",
    )


def _invites() -> None:
    declare(
        Link(
            model="invites.Invite",
            field="email",
            find=_bound_to_me,
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            erase=_forget_address,
        ),
        Link(
            model="invites.Invite",
            field="phone_key",
            find=by_contact("phone_key"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
            erase=_forget_address,
        ),
        Link(
            model="invites.Invite",
            field="sponsor",
            find=by_account("sponsor"),
            title=_("Invites that you made"),
            columns=(
                "for_address=email",
                "for_phone=phone_hint",
                "note",
                "room=room__title",
                "seats",
                "seats_taken",
                "created_at",
                "expires_at",
                "revoked_at",
            ),
            erasure=Erasure.DETACH,
            erase=_forget_sponsor,
        ),
        Link(
            model="invites.Invite",
            field="made_by",
            find=by_account("made_by"),
            withheld=NOTHING_MORE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="invites.Redemption",
            field="user",
            find=by_account("user"),
            title=_("The invite that you came by"),
            columns=("at", "invited_by=invite__sponsor__profile__name"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="invites.QuotaEntry",
            field="user",
            find=by_account("user"),
            title=_("How many people you may invite"),
            columns=("amount", "reason", "note", "at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="invites.QuotaEntry",
            field="by",
            find=by_account("by"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="invites.QuotaEntry",
            field="cause",
            find=lambda subject: Q(cause__contains=subject.public_id),
            withheld=CONFIDENCE,
            erasure=Erasure.KEEP,
            why=_("Entries in the quota of whoever invited you, by a random id: their count must still add up."),
            until=_("as long as their account exists"),
        ),
        Link(
            model="invites.NeverInvite",
            field="contact_key",
            find=by_contact("contact_key"),
            title=_("Your wish never to be invited"),
            columns=("at",),
            erasure=Erasure.KEEP,
            why=_("Your wish never to be invited, as a fingerprint of your address: without it we could not heed it."),
            until=_("until you ask to join"),
        ),
    )


def _bound_to_me(subject: Subject) -> Q:
    return Q(email__iexact=subject.user.email)


def _forget_address(subject: Subject) -> None:
    """An open invite is withdrawn first: without its address anybody could come in by it."""
    for invite in Invite.objects.filter(_bound_to_me(subject) | Q(phone_key__in=subject.contact_keys)):
        if invite.seats_taken < invite.seats:
            revoke(invite, reason="account erased")
        Invite.objects.filter(pk=invite.pk).update(email="", phone_key="", phone_sealed="", phone_hint="")


def _forget_sponsor(subject: Subject) -> None:
    """Nobody comes by their invites any more; those by which somebody came stay for them, and name nobody."""
    theirs = Invite.objects.filter(sponsor=subject.user)
    for invite in theirs.filter(revoked_at=None):
        revoke(invite, reason="account erased")
    theirs.filter(redemptions=None, application=None).delete()
    theirs.update(sponsor=None, note="", email="", phone_key="", phone_sealed="", phone_hint="")


def _applications() -> None:
    declare(
        Link(
            model="invites.Vouch",
            field="application",
            find=lambda subject: Q(application__in=_mine(subject)),
            withheld=CONFIDENCE,
            erasure=Erasure.DELETE,
        ),
        Link(
            model="invites.Application",
            field="contact_key",
            find=lambda subject: Q(pk__in=_mine(subject)),
            title=_("Your application"),
            columns=(
                "name",
                "email",
                "occupation",
                "industry=industry__name_en",
                "why",
                "vouchers",
                "language",
                "state",
                "made_at",
                "question",
                "answer",
            ),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="invites.Application",
            field="decided_by",
            find=by_account("decided_by"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="invites.Vouch",
            field="member",
            find=by_account("member"),
            title=_("For whom you vouched"),
            columns=("for=application__name", "words", "at"),
            erasure=Erasure.DELETE,
        ),
    )


def _mine(subject: Subject) -> list[int]:
    """Applications by a contact of theirs, or by whose invite they came."""
    addresses = [contact.value for contact in subject.contacts if contact.channel is Channel.EMAIL]
    mine = Q(contact_key__in=subject.contact_keys) | Q(email__in=addresses)
    mine |= Q(invite__redemptions__user=subject.user)
    return list(Application.objects.filter(mine).values_list("pk", flat=True))


def _measures() -> None:
    declare(
        Link(
            model="invites.BranchMember",
            field="user",
            find=by_account("user"),
            title=_("Measures that held your account"),
            columns=("what=measure__kind", "at=measure__at", "lifted_at=measure__lifted_at"),
            erasure=Erasure.DELETE,
        ),
        Link(
            model="invites.BranchMeasure",
            field="root",
            find=by_account("root"),
            title=_("Measures on you and those who came by you"),
            columns=("kind", "reason", "at", "lifted_at", "lift_reason"),
            erasure=Erasure.DETACH,
        ),
        Link(
            model="invites.BranchMeasure",
            field="by",
            find=by_account("by"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
        Link(
            model="invites.BranchMeasure",
            field="lifted_by",
            find=by_account("lifted_by"),
            withheld=CONFIDENCE,
            erasure=Erasure.DETACH,
        ),
    )
