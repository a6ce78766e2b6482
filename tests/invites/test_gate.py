"""The way in, as a browser goes it; and every way in that is closed."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, User
from invites.models import Invite
from tests.factories import AGREED, PASSWORD, a_live_room, a_member, an_industry, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_UP = {"email": "newcomer@example.org", "password1": PASSWORD, **AGREED}
PROFILE = {"name": "Petra Roth", "headline": "Actuary", "organisation": "", "language": "en", "portrait": ""}


def accept(client: Client, code: str) -> None:
    response = client.post(reverse("invites:accept", args=[code]))
    assert response["Location"] == reverse("account_signup")


def test_opening_the_link_shows_who_invites_and_consumes_nothing(client: Client) -> None:
    invite, code = an_invite(
        sponsor=a_member("Amara Okafor"), room=a_live_room(title="Pricing floods"), note="See you there"
    )
    for _ in range(3):
        response = client.get(reverse("invites:preview", args=[code]))
        assert response.status_code == 200
        page = response.content.decode()
        assert all(words in page for words in ("Amara Okafor", "Pricing floods", "See you there"))
    assert not client.cookies.get("sessionid")
    invite.refresh_from_db()
    assert invite.seats_taken == 0


def test_an_open_invite_asks_for_a_code_by_mail_and_leads_to_the_hallway(client: Client) -> None:
    _invite, code = an_invite()
    accept(client, code)
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    mailed = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[0].body, re.MULTILINE)
    assert mailed, mail.outbox[0].body
    response = client.post(reverse("account_email_verification_sent"), {"code": mailed.group(1)})
    assert response["Location"] == reverse("accounts:welcome")
    assert client.get(reverse("rooms:hallway"))["Location"].startswith(reverse("accounts:welcome"))
    response = client.post(reverse("accounts:welcome"), {**PROFILE, "industry": an_industry().pk})
    assert response["Location"] == reverse("rooms:hallway")
    assert client.get(reverse("rooms:hallway")).status_code == 200
    assert Profile.objects.get().name == "Petra Roth"


def test_an_invite_bound_to_an_address_proves_it(client: Client) -> None:
    _invite, code = an_invite(email=SIGN_UP["email"])
    accept(client, code)
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response["Location"] == reverse("accounts:welcome")
    assert mail.outbox == []
    assert EmailAddress.objects.get().verified


def test_an_invite_bound_to_an_address_takes_no_other(client: Client) -> None:
    _invite, code = an_invite(email="somebody@example.org")
    accept(client, code)
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response.context["form"].has_error("email", "invite_for_another")
    assert not User.objects.exists()


def test_an_invite_into_a_room_leads_there(client: Client) -> None:
    room = a_live_room()
    _invite, code = an_invite(email=SIGN_UP["email"], room=room)
    accept(client, code)
    client.post(reverse("account_signup"), SIGN_UP)
    response = client.post(reverse("accounts:welcome"), {**PROFILE, "industry": an_industry().pk})
    assert response["Location"] == reverse("rooms:room", args=[room.public_id])


def test_the_one_who_comes_too_late_is_told_and_has_no_account(client: Client) -> None:
    invite, code = an_invite()
    accept(client, code)
    assert client.get(reverse("account_signup")).status_code == 200
    Invite.objects.filter(pk=invite.pk).update(seats_taken=1)
    response = client.post(reverse("account_signup"), SIGN_UP, follow=True)
    assert not User.objects.exists()
    assert "signup_closed" in response.templates[0].name or response["X-Error-Code"] == "invite_used"


@pytest.mark.parametrize("accepted", ["nothing", "revoked", "expired", "unknown"])
def test_without_a_good_invite_sign_up_is_closed(client: Client, accepted: str) -> None:
    if accepted in ("revoked", "expired"):
        invite, code = an_invite()
        accept(client, code)
        past = timezone.now() - timedelta(seconds=1)
        Invite.objects.filter(pk=invite.pk).update(**{f"{'revoked' if accepted == 'revoked' else 'expires'}_at": past})
    elif accepted == "unknown":
        session = client.session
        session["invite_code"] = "2" * 24
        session.save()
    for response in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), SIGN_UP)):
        assert response.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


def test_every_path_of_allauth_makes_no_account_without_an_invite(client: Client) -> None:
    from allauth.account import urls

    for pattern in urls.urlpatterns:
        try:
            address = reverse(pattern.name)
        except Exception:
            continue
        client.post(address, {**SIGN_UP, "password2": PASSWORD, "login": SIGN_UP["email"], "password": PASSWORD})
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("state", "status"),
    [("invite_expired", 410), ("invite_revoked", 410), ("invite_used", 410), ("invite_unknown", 404)],
)
def test_a_bad_link_says_what_is_wrong_with_a_stable_code(client: Client, state: str, status: int) -> None:
    invite, code = an_invite()
    now = timezone.now()
    change = {
        "invite_expired": {"expires_at": now},
        "invite_revoked": {"revoked_at": now},
        "invite_used": {"seats_taken": 1},
    }
    if state in change:
        Invite.objects.filter(pk=invite.pk).update(**change[state])
    else:
        code = code[::-1]
    for response in (
        client.get(reverse("invites:preview", args=[code])),
        client.post(reverse("invites:accept", args=[code])),
    ):
        assert response.status_code == status
        assert response["X-Error-Code"] == state
        assert state in response.content.decode()


def test_guessing_is_limited_and_a_good_link_still_opens(client: Client, settings) -> None:
    _invite, code = an_invite()
    codes = {client.get(reverse("invites:preview", args=[f"{number:024}"]))["X-Error-Code"] for number in range(25)}
    assert codes == {"invite_unknown", "invite_too_many_guesses"}
    assert client.get(reverse("invites:preview", args=[code])).status_code == 200


def test_an_address_that_has_an_account_is_answered_like_any_other(client: Client) -> None:
    a_member(email=SIGN_UP["email"])
    _invite, code = an_invite()
    accept(client, code)
    response = client.post(reverse("account_signup"), SIGN_UP)
    assert response["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert Invite.objects.get().seats_taken == 0


def test_after_signing_in_by_another_door_the_profile_still_comes_first(client: Client) -> None:
    client.force_login(a_member(with_profile=False))
    for name in ("rooms:hallway", "rooms:new_room", "rooms:new_topic"):
        assert client.get(reverse(name))["Location"].startswith(reverse("accounts:welcome"))


class TestStartingAgain:
    """A mistyped address costs neither the invite nor the name that is waiting behind it."""

    def join(self, client: Client, email: str) -> None:
        client.post(reverse("account_signup"), {**SIGN_UP, "email": email})

    def test_the_seat_is_free_again_for_the_right_address(self, client: Client) -> None:
        _invite, code = an_invite()
        accept(client, code)
        self.join(client, "newcommer@example.org")
        assert Invite.objects.get().seats_taken == 1
        assert client.post(reverse("invites:start_again"))["Location"] == reverse("account_signup")
        assert not User.objects.exists()
        assert Invite.objects.get().seats_taken == 0
        self.join(client, "newcomer@example.org")
        assert list(User.objects.values_list("email", flat=True)) == ["newcomer@example.org"]
        assert Invite.objects.get().seats_taken == 1

    def test_for_an_address_that_is_taken_it_looks_the_same(self, client: Client) -> None:
        a_member(email="lin@example.org")
        _invite, code = an_invite()
        accept(client, code)
        self.join(client, "lin@example.org")
        assert client.post(reverse("invites:start_again"))["Location"] == reverse("account_signup")
        assert User.objects.get().email == "lin@example.org"
        assert client.get(reverse("account_signup")).status_code == 200

    def test_nobody_loses_an_account_that_is_proven_or_somebody_elses(self, client: Client) -> None:
        member = a_member()
        client.post(reverse("invites:start_again"))
        client.force_login(member, backend="accounts.backends.MemberBackend")
        client.post(reverse("invites:start_again"))
        assert User.objects.count() == 1

    def test_it_cannot_be_done_on_and_on(self, client: Client) -> None:
        answers = [client.post(reverse("invites:start_again")).status_code for _ in range(7)]
        assert answers == [302] * 6 + [429]
