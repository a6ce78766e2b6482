"""What each address that names something is about, in a world of one owner: theirs, everybody's, or its own key.

An address that the urlconf has and this does not fails the tests: whoever adds one says here whose its object is.
"""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from accounts.models import Claim, DataExport, Profile, random_id
from accounts.portraits import PHOTO_SIZES
from invites.models import Application, Invite
from moderation.models import ReportKind
from rooms.models import ChatMessage, Ping, Room, Topic
from tests.factories import a_room_to_come
from tests.own_data.everything import World
from tests.safety.routes import Route

# The owner's own: everybody else is refused.
OWNED = {
    "rooms:room", "rooms:link", "rooms:qr_code", "rooms:ping", "rooms:choices", "rooms:change_guest_list",
    "rooms:change_confidentiality", "rooms:open_scheduled", "rooms:edit", "rooms:cancel", "rooms:going", "rooms:phase",
    "rooms:co_hosts", "rooms:answer_co_host", "rooms:event_file", "rooms:put_ping_away", "accounts:photo",
    "accounts:download", "accounts:claim_answer", "accounts:claim_renew", "accounts:claim_withdraw", "invites:renew",
    "invites:revoke", "moderation:report", "moderation:afterwards", "moderation:appeal", "moderation:own_voice",
    "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip
# For every member, or for everybody; why.
OPEN = {
    "rooms:follow_topic": "topics are everybody's",
    "rooms:unfollow_topic": "topics are everybody's",
    "accounts:follow_list": "the profile's own choice says who sees it (tests/accounts/test_visibility.py)",
    "accounts:profile": "the profile's own choice says who sees what",
    "accounts:relate": "one's own relation to somebody",
    "accounts:document": "terms, privacy notice, rules",
    "accounts:document_version": "terms, privacy notice, rules",
    "invites:vouch": "the applicant gave the link to a member",
    "openid_connect_login": "the name of a provider",
    "openid_connect_callback": "the name of a provider",
}
# Whoever has the address may: it is random or signed. Wrong ones are refused.
KEYS = {
    "rooms:calendar_feed", "accounts:stop_notices", "invites:application", "invites:never", "invites:preview",
    "invites:accept", "moderation:standing_link",
}  # fmt: skip


def values_of(world: World) -> dict[str, dict[str, Any]]:
    """For each address that is not of staff, what of the owner's it is about."""
    person = world.person
    live = world.alone
    Room.objects.filter(pk=live.pk).update(visibility="closed")
    coming = a_room_to_come(person, title="Nobody else's business")
    Room.objects.filter(pk=coming.pk).update(visibility="closed")
    Profile.objects.filter(user=person).update(photo_visibility="me")
    photo = Profile.objects.get(user=person).photo
    claim = Claim.objects.filter(user=person).first()
    asked = _claim(person, "asked")
    work = _claim(person, "verified", kind="work_email")
    passkey = Authenticator.objects.create(user=world.other, type="webauthn", data={"name": "mine", "credential": {}})
    sanction = person.sanctions.order_by("pk").first()
    invite = Invite.objects.filter(sponsor=person).order_by("pk").last()
    application = Application.objects.order_by("pk").first()
    assert all((claim, sanction, invite, application, photo))
    message = ChatMessage.objects.order_by("pk").first()
    topic = Topic.objects.order_by("pk").first()
    assert all((message, topic))
    about_live, about_coming, about_them = ({"public_id": each.public_id} for each in (live, coming, person))
    of_live = ("room", "link", "qr_code", "ping", "choices", "change_guest_list", "change_confidentiality")
    of_coming = ("open_scheduled", "edit", "cancel", "going", "phase", "co_hosts", "answer_co_host", "event_file")
    return {
        **{f"rooms:{name}": about_live for name in of_live},
        **{f"rooms:{name}": about_coming for name in of_coming},
        "rooms:put_ping_away": {"public_id": Ping.objects.get(receiver=person).public_id},
        "rooms:follow_topic": {"public_id": topic.public_id},
        "rooms:unfollow_topic": {"public_id": topic.public_id},
        "rooms:calendar_feed": {"token": "A" * 43},
        "accounts:photo": {"name": photo, "size": PHOTO_SIZES[0]},
        "accounts:follow_list": {**about_them, "which": "followers"},
        "accounts:profile": about_them,
        "accounts:relate": {**about_them, "relation": "follow"},
        "accounts:download": {"public_id": DataExport.objects.get(user=person).public_id},
        "accounts:document": {"name": "rules"},
        "accounts:document_version": {"name": "rules", "version": "2026-11-01"},
        "accounts:stop_notices": {"token": "x"},
        "accounts:claim_answer": {"public_id": asked.public_id},
        "accounts:claim_renew": {"public_id": work.public_id},
        "accounts:claim_withdraw": {"public_id": claim.public_id},
        "invites:application": {"token": "x"},
        "invites:vouch": {"public_id": application.public_id},
        "invites:renew": {"public_id": invite.public_id},
        "invites:revoke": {"public_id": invite.public_id},
        "invites:never": {"token": "x"},
        "invites:preview": {"code": "x"},
        "invites:accept": {"code": "x"},
        "moderation:report": {"kind": ReportKind.ROOM.value, "public_id": live.public_id},
        "moderation:afterwards": about_live,
        "moderation:appeal": {"public_id": sanction.public_id},
        "moderation:own_voice": {"public_id": sanction.public_id},
        "moderation:standing_link": {"token": "x"},
        "mfa_remove_webauthn": {"pk": passkey.pk},
        "mfa_edit_webauthn": {"pk": passkey.pk},
        "openid_connect_login": {"provider_id": "openid"},
        "openid_connect_callback": {"provider_id": "openid"},
    }


def _claim(person: Any, state: str, kind: str = "licence") -> Claim:
    now = timezone.now()
    return Claim.objects.create(
        user=person, kind=kind, state=state, about="A claim", verified_at=now, expires_at=now + timedelta(days=9)
    )


def values_for_staff(route: Route) -> dict[str, Any]:
    """For an address of the staff's site: a row that is there."""
    model = model_of(route)
    row = model._default_manager.order_by("pk").first() if model else None
    key = str(row.pk) if row else "1"
    named = {"object_id": key, "pk": key, "kind": "declined", "measure": 1, "opening": 1, "person": random_id()}
    room = Room.objects.order_by("pk").first()
    assert room
    public_id = room.public_id if route.name == "admin:room" else room.host.public_id
    named |= {"content_type_id": 1, "app_label": "accounts", "url": "nowhere", "public_id": public_id}
    return {name: named[name] for name in route.parameters}


def model_of(route: Route) -> type[Model] | None:
    """Whose rows an address of the admin is about."""
    parts = route.template.split("/")  # "", staff, app, model, …
    try:
        return apps.get_model(parts[2], parts[3])
    except (LookupError, IndexError, ValueError):
        return None
