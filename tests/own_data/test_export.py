"""Everything is in an export, row by row, and nothing that is another's secret; made once, and fetched by its owner."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import DataExport, ExportState
from accounts.own_data import exports, registry, vault
from accounts.own_data.archive import build
from accounts.own_data.registry import Subject
from tests.accounts.signing_in import a_proven_member, confirm_it_is_me
from tests.factories import a_member
from tests.own_data.everything import a_world

pytestmark = pytest.mark.django_db
SECRETS = ("Somebody Secret", "Secret complaint", "the-app-secret", "the-session-key", "the-token", "I know them well")


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_each_row_is_in_the_file_with_every_column(recording_bus):
    world = a_world()
    subject = Subject(world.person)
    archive = opened(build(subject, "en"))
    for link in registry.links():
        if not link.is_exported:
            continue
        rows = json.loads(archive.read(f"data/{link.name}.json"))
        assert len(rows) == link.queryset(subject).count(), link.name
        for row, (key, path) in ((row, column.partition("=")[::2]) for row in rows for column in link.columns):
            assert key in row, (link.name, path)
    names = json.loads(archive.read("export.json"))["parts"]
    assert {part["file"] for part in names} == {name for name in archive.namelist() if name.startswith("data/")}
    files = {archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    assert files == {b"a picture", b"a scanned licence"}


def test_it_says_what_one_wrote_and_nothing_that_others_did_in_confidence(recording_bus):
    content = opened(build(Subject(a_world().person), "en"))
    everything = "".join(content.read(name).decode() for name in content.namelist())
    for mine in (
        "What I wrote",
        "What I asked",
        "What I reported",
        "A good colleague",
        "+821012345678",
        "Spam",
        "LIC-4711",
    ):
        assert mine in everything
    for secret in SECRETS:
        assert secret not in everything


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Your profile"), ("zh-hans", "您的资料"), ("ko", "내 프로필")]
)
def test_the_page_is_readable_offline_in_ones_own_language(recording_bus, language, heading):
    page = opened(build(Subject(a_world().person), language)).read("index.html").decode()
    assert f'<html lang="{language}">' in page
    assert heading in page
    assert "<script" not in page
    assert "http-equiv" not in page
    assert re.findall('src="([^"]*)"', page) == ["files/photo.webp"]


def test_what_people_typed_does_nothing_in_the_page():
    member = a_member("<img src=x onerror=alert(1)>")
    page = opened(build(Subject(member), "en")).read("index.html").decode()
    assert "<img" not in page
    assert "&lt;img" in page


# --- Made in the background --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_it_is_made_once_and_told_by_mail():
    member = a_proven_member()
    export = exports.request(member, "en")
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert exports.make(export.pk) is False
    outbox.send_due()
    assert [message.subject for message in mail.outbox] == ["Your data is ready"]
    assert exports.read(member, export.public_id)[:2] == b"PK"


def test_asked_for_twice_it_is_one_and_a_day_holds_only_so_many():
    member = a_member()
    first = exports.request(member, "en")
    assert exports.request(member, "en") == first
    DataExport.objects.filter(pk=first.pk).update(state=ExportState.READY)
    for _number in range(settings.EXPORTS_A_DAY - 1):
        DataExport.objects.filter(pk=exports.request(member, "en").pk).update(state=ExportState.READY)
    with pytest.raises(exports.TooManyExports):
        exports.request(member, "en")


def test_a_job_that_died_is_taken_over_and_its_late_finish_changes_nothing(monkeypatch):
    member = a_member()
    export = exports.request(member, "en")
    died_at = timezone.now() - timedelta(minutes=10)
    DataExport.objects.filter(pk=export.pk).update(state=ExportState.MAKING, claimed_at=died_at, tries=1)
    late = DataExport.objects.get(pk=export.pk)
    assert exports.make_due() == 1
    assert exports._make(late) is False
    export.refresh_from_db()
    assert export.tries == 2
    assert vault.names() == [export.file_name]


def test_what_fails_again_and_again_is_given_up_and_said(monkeypatch):
    member = a_member()
    export = exports.request(member, "en")

    def full(content: bytes) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(vault, "put", full)
    now = timezone.now()
    for number in range(3):
        assert exports.make_due(now + number * timedelta(minutes=10)) == 0
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert exports.make_due(now + timedelta(hours=1)) == 0


def test_after_seven_days_the_file_is_gone_and_files_that_no_row_knows_go_too(monkeypatch):
    member = a_member()
    export = exports.request(member, "en")
    exports.make_due()
    export.refresh_from_db()
    orphan = vault.put(b"of a job that died")
    monkeypatch.setattr(exports, "_ORPHANS_AFTER_SECONDS", -1.0)
    later = timezone.now() + timedelta(days=7, minutes=1)
    assert exports.read(member, export.public_id, later) is None
    assert exports.delete_old(later) == 1
    assert exports.delete_old(later) == 0
    assert export.file_name not in vault.names()
    assert orphan not in vault.names()


def test_the_file_cannot_be_read_without_our_keys():
    member = a_member("Nobody Reads This")
    export = exports.request(member, "en")
    exports.make_due()
    export.refresh_from_db()
    with vault._storage().open(export.file_name, "rb") as file:
        kept = file.read()
    assert not kept.startswith(b"PK")
    assert b"Nobody" not in kept
    vault.remove(export.file_name)


# --- The page -----------------------------------------------------------------------------------------------------


def signed_in(client, member, *, fresh: bool = True):
    client.force_login(member)
    if fresh:
        confirm_it_is_me(client)
    return client


def test_whoever_asks_and_whoever_fetches_shows_once_more_who_they_are(client):
    member = a_proven_member()
    signed_in(client, member, fresh=False)
    response = client.post(reverse("accounts:data"))
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not DataExport.objects.exists()
    confirm_it_is_me(client)
    client.post(reverse("accounts:data"))
    exports.make_due()
    export = DataExport.objects.get()
    address = reverse("accounts:download", args=[export.public_id])
    response = client.get(address)
    assert response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert opened(response.content).testzip() is None
    client.logout()
    client.force_login(member)
    assert client.get(address).status_code == 302


def test_only_its_owner_fetches_it(client):
    owner, other = a_proven_member(), a_proven_member("Lin Wei")
    export = exports.request(owner, "en")
    exports.make_due()
    signed_in(client, other)
    assert client.get(reverse("accounts:download", args=[export.public_id])).status_code == 404
    client.logout()
    assert client.get(reverse("accounts:download", args=[export.public_id])).status_code == 302


def test_the_page_shows_how_far_it_is_also_without_scripts(client):
    member = a_proven_member()
    signed_in(client, member)
    DataExport.objects.filter(pk=exports.request(member, "en").pk).update(
        state=ExportState.MAKING, claimed_at=timezone.now(), parts=40, parts_done=10
    )
    page = client.get(reverse("accounts:data")).content.decode()
    assert '<progress id="export-progress" max="40" value="10"' in page
    assert 'http-equiv="refresh"' in page
    answer = client.get(reverse("accounts:export_progress")).json()
    assert answer == {"state": "making", "done": 10, "of": 40, "again_in": 2}
