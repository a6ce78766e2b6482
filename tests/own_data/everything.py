"""A person with rows in everything that can point at one, among others whose rows must stay as they are.

When a model is added that points at people, its rows are added here: tests.own_data.test_registry says which are missing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts import bans, contacts, muting, one_time_codes, outbox, photos
from accounts import services as accounts
from accounts.claim_models import Claim, ClaimDocument
from accounts.claims import private_files
from accounts.models import (
    AccountDeletion,
    DataExport,
    Expertise,
    ExportState,
    Language,
    NameChange,
    NotificationChoice,
    ProfileLink,
    User,
    random_id,
)
from accounts.own_data import vault
from accounts.own_phones import own_phone
from accounts.portraits import PHOTO_SIZES
from accounts.sealing import CLAIM, seal
from invites.models import (
    Application,
    ApplicationState,
    BranchMeasure,
    BranchMember,
    MeasureKind,
    NeverInvite,
    QuotaEntry,
    QuotaReason,
    Redemption,
    Vouch,
)
from invites.services import create_invite
from moderation.models import Appeal, Case, Evidence, EvidenceOpening, Flag, HeldText, Report, Sanction, Term
from rooms.models import (
    Ban,
    CalendarFeed,
    ChatMessage,
    CoHost,
    Participant,
    Ping,
    ProgrammeMail,
    Question,
    Room,
    Rsvp,
    StageMoment,
    TopicFollow,
    Vote,
)
from rooms.services.entering import email_key
from tests.factories import a_live_room, a_member, a_room_to_come, a_topic, an_industry

PHONE = "+821012345678"
NAME = "Seo-yeon Park"
ADDRESS = "seo-yeon.park@example.org"
LONG_AGO = timedelta(days=100)


@dataclass(frozen=True)
class World:
    """The person, somebody else, and the rooms they share."""

    person: User
    other: User
    shared: Room
    alone: Room


def a_world() -> World:
    """All of it."""
    other = a_member("Amara Okafor")
    person = a_member(NAME, email=ADDRESS, sponsor=other)
    own_phone(person, "+821099998888")
    own_phone(person, PHONE)  # and gave up the first
    _around_the_account(person, other)
    shared, alone = _rooms(person, other)
    _invites(person, other, shared)
    return World(person, other, shared, alone)


def _around_the_account(person: User, other: User) -> None:
    now = timezone.now()
    profile = person.profile
    Expertise.objects.create(profile=profile, words="Lithography", key="lithography")
    Language.objects.create(profile=profile, code="ko")
    ProfileLink.objects.create(profile=profile, url="https://example.org/seo-yeon")
    photos.keep(person, dict.fromkeys(PHOTO_SIZES, b"a picture"))
    NameChange.objects.create(user=person, before="S. Park", wanted=NAME, decided_by=other)
    NameChange.objects.create(user=other, wanted="Seo-yeon Perk", looks_like=person, decided_by=person, reason="Alike")
    bans.bind([person], "a test")
    now = timezone.now()
    claim = Claim.objects.create(
        user=person, kind="licence", about="Seo-yeon's licence", verified_at=now, sealed=seal("LIC-4711", purpose=CLAIM)
    )
    kept = private_files.keep(b"a scanned licence")
    ClaimDocument.objects.create(
        claim=claim, name=kept.name, sealed_key=kept.sealed_key, media_type="image/png", size=17
    )
    Claim.objects.create(user=other, kind="licence", about="Another's licence", decided_by=person)
    NotificationChoice.objects.create(user=person, kind="room_reminder", channel="email", is_wanted=False)
    DataExport.objects.create(
        user=person,
        public_id=random_id(),
        language="en",
        state=ExportState.READY,
        file_name=vault.put(b"an earlier file"),
        requested_at=now - LONG_AGO,
        expires_at=now + timedelta(days=1),
    )
    AccountDeletion.objects.create(
        public_id=random_id(),
        user=person,
        person=person.public_id,
        state="undone",
        requested_at=now - LONG_AGO,
        final_at=now - LONG_AGO,
    )
    accounts.follow(person, other)
    accounts.follow(other, person)
    stranger = a_member("Lin Wei")
    accounts.block(person, stranger)
    accounts.block(a_member("Somebody Secret"), person)
    muting.mute(person, stranger)
    muting.mute(a_member("Somebody Secret"), person)
    address = EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, created=now, key="confirmation-key")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "the-app-secret"})
    UserSession.objects.create(
        user=person, ip="192.0.2.7", session_key="the-session-key", user_agent="Mozilla/5.0 (X11; Linux) Firefox/140"
    )
    social = SocialAccount.objects.create(user=person, provider="openid_connect", uid="uid-of-seo-yeon")
    SocialToken.objects.create(account=social, token="the-token")
    for contact in (contacts.email(person.email), contacts.phone(PHONE)):
        one_time_codes.send("test", f"of {contact.channel}", contact)
        outbox.post(contact, kind="test", occasion="once", subject="Hello", text="Hello")
    accounts.record("test.did", "something", actor=person)
    accounts.record("test.suffered", f"room {person.public_id}", actor=other, reason="Somebody Secret said so")
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=person, content_type=kind, object_id=str(other.pk), object_repr="them", action_flag=CHANGE
    )
    LogEntry.objects.create(
        user=other, content_type=kind, object_id=str(person.pk), object_repr=person.email, action_flag=CHANGE
    )
    a_member("Came By Them", sponsor=person)


def _rooms(person: User, other: User) -> tuple[Room, Room]:
    shared = a_live_room(person, title="A room with others")
    alone = a_live_room(person, title="A room alone")
    theirs = a_live_room(other, title="A room of theirs")
    coming = a_room_to_come(other, title="A room that is coming")
    topic = a_topic(person)
    me, them = _place(shared, person, role="host"), _place(shared, other)
    _place(alone, person, role="host")
    here, host = _place(theirs, person, invited_by=None), _place(theirs, other, role="host")
    Participant.objects.filter(pk=them.pk).update(invited_by=me)
    ChatMessage.objects.create(room=theirs, author=here, text="What I wrote")
    ChatMessage.objects.create(room=theirs, author=host, text="What the other wrote")
    mine = Question.objects.create(room=theirs, author=here, text="What I asked")
    question = Question.objects.create(room=theirs, author=host, text="What the other asked", votes=1)
    Vote.objects.create(question=question, participant=here)
    Vote.objects.create(question=mine, participant=host)
    Room.objects.filter(pk=theirs.pk).update(
        link_url="https://example.org/", link_title="A page", link_by=NAME, notice="Be kind", notice_by=NAME
    )
    theirs.speakers.add(person)
    theirs.guest_list.add(person)
    key = email_key(person.email)
    Ban.objects.create(room=theirs, participant=here, user=person, email_key=key, by=other, reason="They shouted")
    StageMoment.objects.create(room=theirs, kind="muted", person=here, by=host)
    StageMoment.objects.create(room=theirs, kind="muted", person=host, by=here)
    accounts.record("room.remove", f"{theirs.public_id} {here.public_id}", actor=other)
    Ban.objects.create(room=shared, participant=them, user=other, by=person)
    Ping.objects.create(room=shared, sender=person, receiver=other)
    Ping.objects.create(room=theirs, sender=other, receiver=person)
    TopicFollow.objects.create(user=person, topic=topic)
    CoHost.objects.create(room=coming, user=person)
    Rsvp.objects.create(room=coming, user=person)
    ProgrammeMail.objects.create(room=coming, user=person, kind="reminder", occasion="once", done_at=timezone.now())
    CalendarFeed.objects.create(user=person, token_hash="hash-of-a-token")
    _report(theirs, reporter=here, reporter_user=person, target=host, target_user=other, line="What I reported")
    _report(theirs, reporter=host, target=here, target_user=person, message="What I wrote", line="Secret complaint")
    _report(
        None, kind="profile", reporter_user=other, target_user=person, snapshot={"name": NAME, "bio": "What I wrote"}
    )
    _report(shared, reporter_user=other, snapshot={"title": shared.title, "description": "What I wrote"})
    Case.objects.create(kind="person", category="fraud", target=here, target_user=person, room=theirs, reason=NAME)
    Case.objects.create(kind="person", category="fraud", target_user=other, taken_by=person, decided_by=person)
    now = timezone.now()
    voices = {here.public_id: 10, host.public_id: 20}
    evidence = Evidence.objects.create(room=theirs, from_at=now, until_at=now, state="silent", voices=voices)
    EvidenceOpening.objects.create(evidence=evidence, by=person, agreed_by=other, reason="To judge a report")
    EvidenceOpening.objects.create(evidence=evidence, by=other, agreed_by=person, reason="To judge a report")
    Flag.objects.create(
        source="text", where="chat", because="A term", room=theirs, participant=here, user=person, decided_by=other,
        excerpt="What was flagged",
    )  # fmt: skip
    Flag.objects.create(source="text", where="chat", because="A term", room=theirs, user=other, decided_by=person)
    for whom, staff, words in ((person, other, "What I wrote"), (other, person, "What the other wrote")):
        sanction = _sanction(theirs, user=whom, by=staff, lifted_by=staff, lift_reason=words, facts=words)
        Appeal.objects.create(sanction=sanction, words=words, imposed_by=staff)
    third = _sanction(theirs, user=other, by=other, facts="What the other wrote")
    reasons = {"state": "upheld", "decided_at": now, "reasons": "It was so"}
    Appeal.objects.create(sanction=third, words="It was not so", imposed_by=other, decided_by=person, **reasons)
    HeldText.objects.create(
        where="chat", target=random_id(), room=theirs, participant=here, user=person, decided_by=other,
        text="What waited", before="What was there", because="A term",
    )  # fmt: skip
    HeldText.objects.create(where="profile.bio", target=person.public_id, user=person, text="Waits", because="A term")
    HeldText.objects.create(where="topic.name", target="1", user=other, text="Theirs", because="A", decided_by=person)
    Term.objects.create(pattern=f"a term {random_id()}", changed_by=person)
    return shared, alone


def _sanction(room: Room, **more: Any) -> Sanction:
    about = {"kind": "warn", "rule": 2, "rules_version": "2026-11-01", "decider": "staff"}
    return Sanction.objects.create(room=room, appeal_until=timezone.now(), **about, **more)


def _place(room: Room, user: User, **more: Any) -> Participant:
    now = timezone.now()
    return Participant.objects.create(room=room, user=user, connection=random_id(), left_at=now, joins=1, **more)


def _report(room: Room | None, **more: Any) -> None:
    places = room.participants.all() if room else []
    stage = [{"person": place.public_id, "muted": False} for place in places]
    Report.objects.create(room=room, category="spam", stage=stage, at=timezone.now() - LONG_AGO, **more)


def _invites(person: User, other: User, room: Room) -> None:
    came_by, _code = create_invite(sponsor=other, email=person.email)
    Redemption.objects.create(invite=came_by, user=person)
    type(came_by).objects.filter(pk=came_by.pk).update(seats_taken=1)
    create_invite(phone=PHONE, by=person)
    made, _code = create_invite(sponsor=person, email="friend@example.org", note="Come, friend", room=room, by=person)
    Redemption.objects.create(invite=made, user=a_member("A Friend"))
    type(made).objects.filter(pk=made.pk).update(seats_taken=1)
    create_invite(sponsor=person, seats=3, by=person)
    QuotaEntry.objects.create(user=person, amount=3, reason=QuotaReason.START)
    QuotaEntry.objects.create(user=other, amount=1, reason=QuotaReason.GRANT, by=person, cause="a grant")
    QuotaEntry.objects.create(user=other, amount=-2, reason=QuotaReason.SANCTION, cause=f"cut {person.public_id}")
    NeverInvite.objects.create(contact_key=contacts.email(person.email).key)
    mine = _application(NAME, ADDRESS, decided_by=other)
    Vouch.objects.create(application=mine, member=other, words="I know them well")
    another = _application("An Applicant", "applicant@example.org", decided_by=person)
    Vouch.objects.create(application=another, member=person, words="A good colleague")
    lifted = {"lifted_at": timezone.now(), "lifted_by": person, "lift_reason": "A mistake"}
    ours = BranchMeasure.objects.create(root=person, kind=MeasureKind.PAUSE, reason="Spam", by=person, **lifted)
    for held in (person, other):
        BranchMember.objects.create(measure=ours, user=held)


def _application(name: str, email: str, **more: Any) -> Application:
    return Application.objects.create(
        name=name,
        email=email,
        contact_key=contacts.email(email).key,
        occupation="Engineer",
        industry=an_industry(),
        why="Because of the talks",
        state=ApplicationState.APPROVED,
        **more,
    )


def every_row() -> dict[tuple[str, Any], dict[str, Any]]:
    """The whole database: rows by model and key."""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values(*names):
            found[model._meta.label, row[model._meta.pk.attname]] = row
    return found
