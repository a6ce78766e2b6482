"""What one agrees to, from sign-up on, by version; who has not agreed to what holds now is asked at the next page."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, User
from accounts.own_data import consents, documents
from rooms import services
from rooms.domain.errors import Code, Refused
from tests.factories import AGREED, PASSWORD, a_live_room, a_member, an_invite

pytestmark = pytest.mark.django_db
A_PAGE = {"accept": "text/html,application/xhtml+xml"}


def new_version(settings, tmp_path: Path, name: str = "rules") -> None:
    """The same documents, and a newer version of one."""
    import shutil

    folder = tmp_path / "documents"
    shutil.copytree(settings.DOCUMENTS_DIR, folder)
    (folder / name / "2026-11-20").mkdir()
    (folder / name / "2026-11-20" / "en.html").write_text("<p>New rules.</p>")
    (folder / name / "2999-01-01").mkdir()
    (folder / name / "2999-01-01" / "en.html").write_text("<p>Not yet.</p>")
    settings.DOCUMENTS_DIR = folder


def sign_up(client: Client, **said: str):
    _invite, code = an_invite()
    client.post(reverse("invites:accept", args=[code]))
    form = {"email": "newcomer@example.org", "password1": PASSWORD, **said}
    return client.post(reverse("account_signup"), form)


def test_nobody_signs_up_without_agreeing_and_without_being_old_enough(client):
    response = sign_up(client)
    assert set(response.context["form"].errors) == {"agrees", "is_old_enough"}
    assert not User.objects.filter(email="newcomer@example.org").exists()


def test_signing_up_leaves_a_row_for_each_version_and_the_yes_to_the_age(client, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ko"
    sign_up(client, **AGREED)
    newcomer = User.objects.get(email="newcomer@example.org")
    rows = set(newcomer.consents.values_list("document", "version", "language"))
    expected = {(one.name, one.version, "ko") for one in documents.current()}
    assert rows == expected | {("age", "18", "ko")}
    assert not consents.must_be_asked(newcomer)


def test_who_agreed_is_not_asked(client):
    client.force_login(a_member())
    assert client.get(reverse("rooms:hallway"), headers=A_PAGE).status_code == 200


def test_a_new_version_is_asked_for_at_the_next_page_and_then_one_goes_on(client, settings, tmp_path):
    member = a_member()
    client.force_login(member)
    new_version(settings, tmp_path)
    response = client.get(reverse("rooms:hallway") + "?topic=x", headers=A_PAGE)
    assert response.url == reverse("accounts:agreements") + "?next=%2Fhallway%2F%3Ftopic%3Dx"
    page = client.get(response.url, headers=A_PAGE)
    assert [document.name for document in page.context["new"]] == ["rules"]
    assert client.post(reverse("accounts:agreements"), {"next": "/hallway/"}).context["form"].has_error("agrees")
    after = client.post(reverse("accounts:agreements"), {"agrees": "on", "next": "/hallway/?topic=x"})
    assert after.url == "/hallway/?topic=x"
    assert client.get(reverse("rooms:hallway"), headers=A_PAGE).status_code == 200
    versions = Consent.objects.filter(user=member, document="rules").values_list("version", flat=True)
    assert sorted(versions) == ["2026-11-01", "2026-11-20"]


def test_it_is_no_trap_and_cuts_nothing_short(client, settings, tmp_path):
    client.force_login(a_member())
    new_version(settings, tmp_path)
    for name in ("account", "data", "delete", "safety", "agreements"):
        assert client.get(reverse(f"accounts:{name}"), headers=A_PAGE).status_code == 200, name
    assert client.get(reverse("accounts:document", args=["rules"]), headers=A_PAGE).status_code == 200
    assert client.get(reverse("account_logout"), headers=A_PAGE).status_code == 200
    # What a page that is open asks for by itself, and what was written into a form, goes through.
    fetched = {"accept": "*/*", "sec-fetch-mode": "cors"}
    assert client.get(reverse("rooms:hallway"), headers=fetched).status_code == 200
    assert client.post(reverse("rooms:new_room"), {}, headers=A_PAGE).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"accept": "*/*"}, {"accept": "*/*", "sec-fetch-mode": "navigate"}])
def test_programs_that_say_little_are_asked_too(client, settings, tmp_path, headers):
    client.force_login(a_member())
    new_version(settings, tmp_path)
    assert client.get(reverse("rooms:hallway"), headers=headers).url.startswith(reverse("accounts:agreements"))


def test_nobody_enters_a_room_before_they_agree_and_who_is_inside_stays(settings, tmp_path, recording_bus):
    room, inside, outside = a_live_room(), a_member(), a_member()
    services.join(room.public_id, inside, muted=True)
    new_version(settings, tmp_path)
    with pytest.raises(Refused) as refusal:
        services.join(room.public_id, outside, muted=True)
    assert refusal.value.code is Code.AGREEMENT_NEEDED
    services.join(room.public_id, inside, muted=True)
    consents.agree(outside)
    services.join(room.public_id, outside, muted=True)


def test_who_came_another_way_is_asked_for_the_age_once(client):
    member = a_member()
    Consent.objects.filter(user=member).delete()
    User.objects.filter(pk=member.pk).update(agreed_to="")
    client.force_login(member)
    response = client.post(reverse("accounts:agreements"), {"agrees": "on"})
    assert response.context["form"].has_error("is_old_enough")
    client.post(reverse("accounts:agreements"), AGREED)
    assert consents.has_said_age(member)
    assert "is_old_enough" not in client.get(reverse("accounts:agreements")).context["form"].fields


@pytest.mark.parametrize("name", ["terms", "privacy", "rules"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_each_document_is_there_in_each_language(settings, name, language):
    for version in (Path(settings.DOCUMENTS_DIR) / name).iterdir():
        assert (version / f"{language}.html").exists()


def test_a_document_says_its_version_and_an_earlier_one_can_still_be_read(client, settings, tmp_path):
    new_version(settings, tmp_path)
    page = client.get(reverse("accounts:document", args=["rules"])).content.decode()
    assert "New rules." in page
    assert "2026-11-20" in page
    before = client.get(reverse("accounts:document_version", args=["rules", "2026-11-01"])).content.decode()
    assert "Be who you are" in before
    for unknown in ("/documents/rules/1999-01-01/", "/documents/secrets/"):
        assert client.get(unknown).status_code == 404
