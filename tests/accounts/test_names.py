"""Names: what looks alike is held for staff, nobody changes theirs in a room or too often."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import hooks, outbox, renaming, services
from accounts.models import AuditEntry, NameChange, Profile, User
from accounts.names import name_key
from accounts.profile_models import NameState
from accounts.text import validate_words
from rooms import services as rooms
from tests.factories import a_live_room, a_member, an_industry

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.MemberBackend"


@pytest.mark.parametrize(
    "other",
    [
        "sofia  TAKACS",
        "Sofia Takács",
        "Ѕоfіа Таkасs",  # Cyrillic
        "SΟFΙΑ ΤΑΚΑCS",  # Greek
        "S0fia Takacs",
        "Sofla Takacs",
        "Sof1a Takacs",
        "Ｓｏｆｉａ　Ｔａｋａｃｓ",
        "𝐒𝐨𝐟𝐢𝐚 𝐓𝐚𝐤𝐚𝐜𝐬",
        "So\u200bfia Takacs",
        "So\u00adfia Ta\u2060kacs",
        "SofiaTakacs",
        "Sofia-Takacs.",
        "Sófia Tákacs",
    ],
)
def test_what_a_reader_takes_for_the_same_has_one_key(other: str) -> None:
    assert name_key(other) == name_key("Sofia Takacs")


@pytest.mark.parametrize(
    ("one", "other"), [("Lin Wei", "Li Wei"), ("한지우", "한지수"), ("林薇", "林微"), ("Amara Okafor", "Amara Okoro")]
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_letters_that_do_not_look_alike_stay_apart() -> None:
    letters = "abcdefghjklmnopqrstuvwxyz2346789"  # an i is an l, a 1 too, a 0 is an o, and a 5 is itself
    assert len({name_key(letter) for letter in letters}) == len(letters)
    korean, chinese = "가나다라마바사아자차카타파하한지우수", "林薇微李王张刘陈杨赵黄周吴徐孙"
    for script in (korean, chinese):
        assert len({name_key(letter) for letter in script}) == len(script)


@pytest.mark.parametrize(("one", "other"), [("Łukasz", "Lukasz"), ("Ørsted", "Orsted"), ("Đorđe", "Dorde")])
def test_a_stroke_makes_no_other_letter(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_pairs_of_letters_that_look_like_one() -> None:
    assert name_key("Warner") == name_key("Wamer")
    assert name_key("Vvarner") == name_key("Warner")


HIDDEN = ("\u202e", "\u2066", "\u3164", "\u2800", "\u115f", "\ufeff", "\u034f", "\u200b", "\u00ad")


@pytest.mark.parametrize("sign", HIDDEN)
def test_what_turns_or_hides_letters_is_in_no_name(sign: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_words(f"Lin{sign}Wei")
    assert refused.value.code == "text_unprintable"


# --- Held -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sofia() -> User:
    return a_member("Sofia Takács", is_staff=True, is_superuser=True)


@pytest.fixture
def amara() -> User:
    return a_member("Amara Okafor")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def wants(user: User, name: str):
    fields = {"name": name, "headline": "Process engineer", "industry": an_industry().pk, "language": "en"}
    return signed_in(user).post(reverse("accounts:welcome"), fields, follow=True)


def name_of(user: User) -> str:
    return Profile.objects.get(user=user).name


def test_a_name_like_no_others_is_changed_at_once(amara: User) -> None:
    wants(amara, "Amara Obi")
    assert name_of(amara) == "Amara Obi"


def test_two_people_may_have_the_same_name_while_neither_is_proven(amara: User) -> None:
    wants(a_member("Somebody Else"), "Amara Okafor")
    assert Profile.objects.filter(name="Amara Okafor").count() == 2


def test_a_name_like_staffs_waits_and_the_one_before_stays(amara: User, sofia: User) -> None:
    page = wants(amara, "Sofla Takacs")
    assert name_of(amara) == "Amara Okafor"
    assert "staff look at it first" in page.content.decode()
    page = signed_in(amara).get(reverse("accounts:welcome")).content.decode()
    assert "Sofla Takacs" in page
    for other in (sofia, a_member()):
        assert "Sofla" not in signed_in(other).get(reverse("accounts:profile", args=[amara.public_id])).content.decode()


def test_a_name_like_a_claimed_persons_waits(amara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    proven = a_member("Petra Roth")
    monkeypatch.setattr(hooks, "_claimed", [lambda user: user == proven])
    wants(amara, "Petra R0th")
    assert name_of(amara) == "Amara Okafor"
    assert renaming.waiting_name(amara).looks_like == proven


def test_a_newcomer_whose_name_waits_is_shown_by_a_name_that_is_nobodys(sofia: User) -> None:
    newcomer = a_member(with_profile=False)
    wants(newcomer, "Sofia Takacs")
    assert name_of(newcomer).startswith("Member ")
    assert renaming.waiting_name(newcomer).wanted == "Sofia Takacs"
    assert renaming.may_change_at(newcomer) is None


def test_staff_approve_and_the_person_is_told(amara: User, sofia: User, django_capture_on_commit_callbacks) -> None:
    wants(amara, "Sofia Takacs")
    waiting = renaming.waiting_name(amara)
    staff = signed_in(sofia)
    assert "Decide on it" in staff.get(reverse("admin:accounts_namechange_change", args=[waiting.pk])).content.decode()
    decide = reverse("admin:accounts_namechange_decide", args=[waiting.pk])
    assert staff.get(decide).status_code == 200
    assert staff.post(decide, {"decision": "approve"}).context["form"].has_error("reason", "required")
    staff.post(decide, {"decision": "approve", "reason": "Her passport says so"})
    assert name_of(amara) == "Sofia Takacs"
    assert AuditEntry.objects.get(act="name.approved").reason == "Her passport says so"
    outbox.send_due()
    assert [(message.to, "Sofia Takacs" in message.body) for message in mail.outbox] == [([amara.email], True)]
    staff.post(decide, {"decision": "refuse", "reason": "On second thought"})
    assert NameChange.objects.get(pk=waiting.pk).state == NameState.APPROVED


def test_staff_refuse_and_the_person_reads_why(amara: User, sofia: User) -> None:
    wants(amara, "Sofia Takacs")
    renaming.refuse(renaming.waiting_name(amara).pk, sofia, "That is a colleague <b>of ours</b>")
    page = signed_in(amara).get(reverse("accounts:welcome")).content.decode()
    assert "That is a colleague &lt;b&gt;of ours" in page
    assert name_of(amara) == "Amara Okafor"
    outbox.send_due()
    assert "colleague" in mail.outbox[0].body


def test_staff_do_not_decide_on_their_own(sofia: User) -> None:
    head = a_member("Head of Staff", is_staff=True, is_superuser=True)
    wants(head, "Sofia Takacs")
    decide = reverse("admin:accounts_namechange_decide", args=[renaming.waiting_name(head).pk])
    assert signed_in(head).post(decide, {"decision": "approve", "reason": "Me"}).status_code == 403
    assert name_of(head) == "Head of Staff"


def test_members_decide_on_nothing(amara: User, sofia: User) -> None:
    wants(amara, "Sofia Takacs")
    waiting = renaming.waiting_name(amara)
    answer = signed_in(amara).post(
        reverse("admin:accounts_namechange_decide", args=[waiting.pk]), {"decision": "approve", "reason": "Me"}
    )
    assert answer.status_code in (302, 403)
    assert name_of(amara) == "Amara Okafor"


def test_one_can_keep_the_name_one_has(amara: User, sofia: User) -> None:
    wants(amara, "Sofia Takacs")
    signed_in(amara).post(reverse("accounts:withdraw_name"))
    assert renaming.waiting_name(amara) is None
    with pytest.raises(renaming.NameRefused):
        renaming.approve(NameChange.objects.get(user=amara).pk, sofia, "Too late")


# --- Not too often, not in a room ---------------------------------------------------------------------------------


def test_twice_in_thirty_days(amara: User) -> None:
    wants(amara, "Amara Obi")
    wants(amara, "Amara Eze")
    page = wants(amara, "Amara Ude")
    assert page.context["form"].has_error("name", "name_too_often")
    may = renaming.may_change_at(amara)
    assert may is not None
    assert page.context["may_change_at"] == may
    assert name_of(amara) == "Amara Eze"
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
        wants(amara, "Amara Ude")
    assert name_of(amara) == "Amara Ude"


def test_nobody_is_renamed_while_in_a_room_not_even_by_staff(amara: User, sofia: User, recording_bus) -> None:
    room = a_live_room(amara)
    joined = rooms.join(room.public_id, amara, muted=True)
    page = wants(amara, "Amara Obi")
    assert page.context["form"].has_error("name", "name_live")
    assert name_of(amara) == "Amara Okafor"
    services.save_profile(amara, name="Amara Okafor", headline="Another line")
    assert Profile.objects.get(user=amara).headline == "Another line"
    NameChange.objects.create(user=amara, before="Amara Okafor", wanted="Amara Obi", state=NameState.WAITING)
    with pytest.raises(renaming.NameRefused) as refused:
        renaming.approve(renaming.waiting_name(amara).pk, sofia, "Fine")
    assert refused.value.code == "name_live"
    rooms.leave(room.public_id, joined.connection)
    renaming.approve(renaming.waiting_name(amara).pk, sofia, "Fine")
    assert name_of(amara) == "Amara Obi"


def test_nor_while_a_place_waits_for_them(amara: User, recording_bus) -> None:
    room = a_live_room(amara)
    joined = rooms.join(room.public_id, amara, muted=True)
    rooms.drop(room.public_id, joined.connection, joined.number)
    with pytest.raises(renaming.NameRefused):
        services.save_profile(amara, name="Amara Obi")


def test_staff_cannot_write_a_name_in_the_admin(amara: User, sofia: User) -> None:
    page = signed_in(sofia).get(reverse("admin:accounts_user_change", args=[amara.pk])).content.decode()
    assert 'name="profile-0-headline"' in page
    assert 'name="profile-0-name"' not in page
