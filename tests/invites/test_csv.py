"""CSV in and out: nothing runs, nothing is half taken."""

import csv
import doctest
import io
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from invites import csv_files
from invites.csv_files import BadFile, read, safe, unsafe, written
from invites.models import Application, Invite
from invites.services import refusing, waitlist
from tests.factories import a_member, an_industry
from tests.invites.test_waitlist import MAILBOX, PHONE, an_application

HEAD = "name,contact,region,occupation,industry,why,vouchers,language\n"
ROW = "Petra Roth,petra@example.org,,Actuary,semiconductors,Floods are priced wrongly.,,ko\n"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+82", "-1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "＝1+1", "＋1", "|cmd", "%x", "\r=1"]
)
def test_a_formula_is_marked_as_text(cell: str) -> None:
    assert safe(cell).startswith("'")


@given(st.text(max_size=30))
def test_what_is_written_is_read_again_as_it_was_and_never_as_a_formula(text: str) -> None:
    marked = safe(text)
    assert not marked.lstrip(" ").startswith(("=", "+", "-", "@"))
    if not text.startswith("'"):
        assert unsafe(marked) == text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00", "csv_not_utf8"),
        (b"name\nPetra\n", "csv_no_column"),
        (b"", "csv_no_column"),
        (b'name,contact\n"Petra', "csv_unreadable"),
        (b"x" * (csv_files.MOST_BYTES + 1), "csv_too_large"),
        (b"name,contact\n" + b"a,b\n" * (csv_files.MOST_ROWS + 1), "csv_too_large"),
    ],
)
def test_another_file_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(BadFile) as refusal:
        read(content, required=("name", "contact"))
    assert refusal.value.code == code


def test_a_spreadsheets_file_is_read() -> None:
    content = written(("Name", "Contact "), [("林薇", "+82 10 1234 5678")]).encode()
    assert read(content, required=("name", "contact")) == [(2, {"name": "林薇", "contact": "+82 10 1234 5678"})]


def test_the_examples_hold() -> None:
    assert doctest.testmod(csv_files).failed == 0


@pytest.mark.django_db(transaction=True)
class TestFiles:
    @pytest.fixture
    def staff(self, client: Client):
        staff = a_member("Head of Staff", is_staff=True, is_superuser=True)
        client.force_login(staff, backend="accounts.backends.MemberBackend")
        an_industry()
        return staff

    def bring(self, client: Client, text: str):
        file = SimpleUploadedFile("applications.csv", text.encode())
        return client.post(reverse("admin:invites_application_import"), {"file": file})

    def test_staff_bring_a_file_and_nobody_is_there_twice(self, client: Client, staff) -> None:
        second = "Min-ji,'+82 10 1234 5678,,Nurse,semiconductors,Wards need a voice.,,\n"
        for _ in range(2):
            assert self.bring(client, HEAD + ROW + second).status_code == 302
        assert sorted(Application.objects.values_list("name", "state", "is_imported")) == [
            ("Min-ji", "waiting", True),
            ("Petra Roth", "waiting", True),
        ]
        assert Application.objects.get(name="Min-ji").contact == PHONE
        assert mail.outbox == []

    def test_a_mistake_is_named_with_its_line_and_nothing_is_taken(self, client: Client, staff) -> None:
        rest = "Wards need a voice.,,\n"
        bad = f"X,010 1234 5678,,Nurse,semiconductors,{rest}Lin,lin@example.org,,Nurse,none,{rest}"
        page = self.bring(client, HEAD + ROW + bad).content.decode()
        assert "Line 3" in page
        assert "Line 4" in page
        assert not Application.objects.exists()

    def test_what_goes_out_runs_nowhere_and_is_written_down(self, client: Client, staff) -> None:
        an_application(PHONE, why='=HYPERLINK("https://evil.example")', name="Petra Roth")
        chosen = {"action": "export", "_selected_action": [str(Application.objects.get().pk)]}
        response = client.post(reverse("admin:invites_application_changelist"), chosen)
        assert response["Content-Type"].startswith("text/csv")
        (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        assert row["why"] == '\'=HYPERLINK("https://evil.example")'
        assert row["contact"] == "'+821012345678"
        assert AuditEntry.objects.filter(act="application.exported", actor=staff.public_id).exists()

    def test_links_are_issued(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("issue_invites", "3", "--seats", "2")
        links = capsys.readouterr().out.split()
        assert len(set(links)) == Invite.objects.filter(seats=2).count() == 3
        assert Client().get(links[0].removeprefix("http://testserver")).status_code == 200
        call_command("issue_invites", "2", "--csv")
        assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == 2

    @pytest.mark.parametrize("arguments", [["0"], ["1001"], ["1", "--seats", "0"], ["1", "--sponsor", "x@example.org"]])
    def test_a_mistake_issues_nothing(self, arguments: list[str]) -> None:
        with pytest.raises(CommandError):
            call_command("issue_invites", *arguments)
        assert not Invite.objects.exists()

    def test_a_file_of_people_is_invited_once(self, tmp_path: Path, text_messages: list) -> None:
        file = tmp_path / "people.csv"
        file.write_text("contact,region,note,language\npetra@example.org,,Hello,ko\n010-1234-5678,kr,,\n")
        call_command("import_invites", str(file), "--dry-run")
        assert not Invite.objects.exists()
        assert mail.outbox == []
        for _ in range(2):
            call_command("import_invites", str(file))
        assert Invite.objects.count() == 2
        assert (len(mail.outbox), len(text_messages)) == (1, 1)

    def test_who_wants_no_invitation_gets_none_from_a_file_either(self, tmp_path: Path) -> None:
        refusing.never_invite(MAILBOX.key)
        file = tmp_path / "people.csv"
        file.write_text("contact\npetra@example.org\n")
        call_command("import_invites", str(file))
        assert mail.outbox == []

    @pytest.mark.parametrize(
        "text", ["contact\n010-1234-5678\npetra@example.org\n", "who\nx\n", "contact,note\na@b.org,\u200b\n"]
    )
    def test_a_mistake_in_a_file_invites_nobody(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "people.csv"
        file.write_text(text)
        with pytest.raises(CommandError):
            call_command("import_invites", str(file))
        assert not Invite.objects.exists()
        assert mail.outbox == []

    def test_applications_are_approved_by_a_rule(self, capsys: pytest.CaptureFixture[str]) -> None:
        vouched, other = an_application(), an_application(PHONE, name="Min-ji Kim")
        waitlist.vouch(vouched, a_member(), "We worked together")
        call_command("approve_applications", "--vouches", "1", "--dry-run")
        assert "Petra Roth" in capsys.readouterr().out
        call_command("approve_applications", "--vouches", "1", "--reason", "vouched")
        vouched.refresh_from_db()
        other.refresh_from_db()
        assert (vouched.state, other.state) == ("approved", "waiting")
        call_command("approve_applications", other.public_id)
        other.refresh_from_db()
        assert other.state == "approved"
        with pytest.raises(CommandError):
            call_command("approve_applications")
