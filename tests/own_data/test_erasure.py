"""What is left of somebody whose account was erased, compared row by row with everything that was there before."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from accounts import contacts, outbox
from accounts.models import FORMER_MEMBER, AccountDeletion, DeletionState, OutboxMessage, User
from accounts.own_data import deletion, registry, vault
from accounts.own_data.registry import Erasure, Subject
from invites.models import MeasureKind
from invites.services import branches
from rooms.models import Room
from tests.factories import a_member
from tests.own_data.everything import ADDRESS, NAME, PHONE, World, a_world, every_row

pytestmark = pytest.mark.django_db

# Written by the erasure itself.
WRITTEN = {"accounts.AuditEntry", "accounts.AccountDeletion", "accounts.OutboxMessage"}
# Rows of others that stay, and the columns in which they knew the person.
MAY_CHANGE = {
    "moderation.EvidenceOpening": {"by_id", "agreed_by_id"},
    "accounts.Claim": {"decided_by_id"},
    "accounts.NameChange": {"looks_like_id", "decided_by_id"},
    "accounts.BoundContact": {"user_id"},
    "invites.Invite": {
        "sponsor_id", "made_by_id", "email", "phone_key", "phone_sealed", "phone_hint", "note", "revoked_at"
    },
    "rooms.Room": {
        "host_id", "opened_by_id", "description", "link_by", "link_url", "link_title", "notice", "notice_by"
    },
    "moderation.Flag": {"participant_id", "user_id", "excerpt", "decided_by_id"},
    "moderation.Sanction": {"user_id", "by_id", "lifted_by_id", "facts", "lift_reason"},
    "moderation.Appeal": {"words", "reasons", "imposed_by_id", "decided_by_id"},
    "rooms.StageMoment": {"by_id"},
    "moderation.Report": {
        "reporter_id", "reporter_user_id", "target_id", "target_user_id", "message", "snapshot"
    },
    "moderation.Case": {"target_id", "target_user_id", "taken_by_id", "decided_by_id", "reason"},
    "moderation.HeldText": {"participant_id", "user_id", "target", "text", "before", "decided_by_id"},
    "moderation.Term": {"changed_by_id"},
    "rooms.Ban": {"participant_id", "user_id", "by_id", "reason"},
    "admin.LogEntry": {"object_repr", "object_id"},
    "accounts.User": {"sponsor_id", "branch_of_id"},
    "rooms.Topic": {"created_by_id"},
    "rooms.Participant": {"invited_by_id"},
    "invites.QuotaEntry": {"by_id"},
    "invites.Application": {"decided_by_id"},
    "invites.BranchMeasure": {"root_id", "by_id", "lifted_by_id"},
}  # fmt: skip


FOUND_BY_PLACE = (
    "moderation.evidence.voices",
    "moderation.report.stage",
    "accounts.auditentry.target.place",
)  # and the place is gone


def erase(world: World) -> None:
    deletion.request(world.person)
    assert deletion.erase_due(timezone.now() + timedelta(days=15)) == 1


def test_no_row_points_at_them_but_what_is_kept(recording_bus):
    world = a_world()
    subject = Subject(world.person)
    assert subject.contact_keys
    kept = {link.name: set(link.queryset(subject).values_list("pk", flat=True)) for link in registry.kept()}
    erase(world)
    for link in registry.links():
        if link.erasure is not Erasure.KEEP:
            last_mail = link.queryset(subject).exclude(kind=outbox.LAST_MAIL) if "outbox" in link.name else None
            assert not (link.queryset(subject) if last_mail is None else last_mail).exists(), link.name
        elif link.name not in FOUND_BY_PLACE:
            assert kept[link.name] <= set(link.queryset(subject).values_list("pk", flat=True)), link.name
    assert not User.objects.filter(pk=subject.user.pk).exists()


def test_neither_name_nor_address_nor_number_nor_words_are_anywhere(recording_bus):
    world = a_world()
    erase(world)
    outbox.send_due()
    outbox.delete_old()
    everything = json.dumps([[*key, row] for key, row in every_row().items()], default=str)
    keys = {*contacts.phone(PHONE).keys}
    for trace in (NAME, ADDRESS, PHONE, "What I wrote", "What I asked", "Come, friend", "They shouted", *keys):
        assert trace not in everything, trace
    assert vault.names() == []


def test_the_rows_of_others_are_as_they_were(recording_bus):
    world = a_world()
    mine = _rows_that_go(Subject(world.person))
    before = every_row()
    erase(world)
    after = every_row()
    gone = {key for key in before.keys() - after.keys() if key[0] not in WRITTEN}
    assert sorted(gone - mine, key=str) == []
    for key in before.keys() & after.keys():
        changed = {name for name, value in before[key].items() if after[key][name] != value}
        assert changed <= MAY_CHANGE.get(key[0], set()) or key[0] in WRITTEN, (key, changed)
    new = {key[0] for key in after.keys() - before.keys()}
    assert new <= {*WRITTEN, "accounts.User", "invites.QuotaEntry", "sessions.Session"}


def _rows_that_go(subject: Subject) -> set[tuple[str, object]]:
    """What the registry deletes, and what cannot be without it."""
    going = {
        (link.model_class._meta.label, pk)
        for link in registry.links()
        if link.erasure is Erasure.DELETE
        for pk in link.queryset(subject).values_list("pk", flat=True)
    }
    user = subject.user
    alone = Room.objects.filter(host=user, title="A room alone")
    rows = [
        *alone,
        *user.invites.filter(redemptions=None),
        *(vote for question in _questions(user) for vote in question.voters.all()),
        *Room.speakers.through.objects.filter(user=user),
        *Room.guest_list.through.objects.filter(user=user),
    ]
    return going | {(type(row)._meta.label, row.pk) for row in rows}


def _questions(user: User):
    return [question for place in user.participations.all() for question in place.questions.all()]


def test_rooms_where_others_were_stay_without_their_host(recording_bus):
    world = a_world()
    erase(world)
    shared = Room.objects.get(pk=world.shared.pk)
    assert shared.host.email == FORMER_MEMBER
    assert shared.host.name == "A former member"
    assert not shared.host.is_active
    assert not Room.objects.filter(pk=world.alone.pk).exists()


def test_whom_they_invited_stays_without_a_sponsor(recording_bus):
    world = a_world()
    invitee = User.objects.get(profile__name="Came By Them")
    erase(world)
    invitee.refresh_from_db()
    assert invitee.is_active
    assert invitee.sponsor is None


def test_a_branch_stays_whole_when_somebody_in_its_middle_goes(recording_bus):
    world = a_world()
    invitee, above = User.objects.get(profile__name="Came By Them"), world.person.sponsor
    erase(world)
    staff = a_member(is_staff=True)
    branches.take(above, MeasureKind.CUT, by=staff, reason="All of them")
    invitee.refresh_from_db()
    assert invitee.branch_of == above
    assert not invitee.is_active


def test_a_job_that_dies_between_any_two_steps_is_gone_on_with(recording_bus, monkeypatch):
    world = a_world()
    asked = deletion.request(world.person)
    steps = len(registry.erasing_order())
    real, now = registry.erase, timezone.now() + timedelta(days=15)
    for number in range(steps):
        monkeypatch.setattr(registry, "erase", _dies_at_second_call(real))
        with pytest.raises(KeyboardInterrupt) if number < steps - 1 else _nothing():
            deletion.erase_due(now + number * timedelta(minutes=10))
        AccountDeletion.objects.filter(pk=asked.pk, state=DeletionState.ERASING).update(claimed_at=now)
    monkeypatch.setattr(registry, "erase", real)
    deletion.erase_due(now + steps * timedelta(minutes=10))
    asked.refresh_from_db()
    assert asked.state == DeletionState.ERASED
    assert len(asked.steps_done) == steps + 1
    assert len(set(asked.steps_done)) == steps + 1
    assert not User.objects.filter(email=ADDRESS).exists()


def _dies_at_second_call(real):
    calls = []

    def erase_once(link, subject):
        calls.append(link)
        if len(calls) > 1:
            raise KeyboardInterrupt
        real(link, subject)

    return erase_once


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_error: object) -> None: ...


def test_the_last_mail_goes_out_and_leaves_nothing(recording_bus, django_capture_on_commit_callbacks):
    world = a_world()
    erase(world)
    mail.outbox.clear()
    outbox.send_due()
    assert "Your account is deleted" in [message.subject for message in mail.outbox]
    outbox.delete_old()
    assert not OutboxMessage.objects.filter(kind=outbox.LAST_MAIL).exists()


def test_of_who_was_in_no_room_the_cache_is_asked_to_forget_nothing(recording_bus, monkeypatch):
    asked: list[list[str]] = []
    monkeypatch.setattr(cache, "delete_many", lambda keys: asked.append(list(keys)))
    deletion.erase_now(a_member())
    assert [] not in asked  # Redis refuses it, and the account would stay for ever


def test_it_can_be_told_twice_and_changes_nothing_more(recording_bus):
    world = a_world()
    erase(world)
    before = every_row()
    assert deletion.erase_due(timezone.now() + timedelta(days=16)) == 0
    assert every_row() == before
