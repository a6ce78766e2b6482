"""What operators do for requests that come by letter."""

import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEntry, User
from moderation.models import Report
from tests.factories import a_live_room, a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_bus(recording_bus) -> None:
    """Nobody listens."""


def test_a_member_is_exported_into_a_file_for_the_operator_only(tmp_path, capsys):
    member = a_member()
    file = tmp_path / "member.zip"
    call_command("export_member", member.email, str(file), language="ko")
    assert 'lang="ko"' in zipfile.ZipFile(file).read("index.html").decode()
    assert file.stat().st_mode & 0o077 == 0
    assert AuditEntry.objects.filter(act="account.exported", target=member.public_id).exists()
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("export_member", member.email, str(file))
    with pytest.raises(CommandError, match="no such account"):
        call_command("export_member", "nobody@example.org", str(file))


def test_a_member_is_erased_after_the_address_was_typed_again(capsys):
    member = a_member()
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("erase_member", member.email, confirm="somebody@example.org")
    assert User.objects.filter(pk=member.pk, is_active=True).exists()
    call_command("erase_member", member.email, confirm=member.email)
    assert not User.objects.filter(pk=member.pk).exists()
    assert "Erased." in capsys.readouterr().out


def test_a_report_holds_it_unless_the_operator_says_so(capsys):
    member = a_member()
    Report.objects.create(room=a_live_room(), category="spam", target_user=member, at=timezone.now())
    with pytest.raises(CommandError, match="open_report"):
        call_command("erase_member", member.email, confirm=member.email)
    call_command("erase_member", member.email, confirm=member.email, despite_reports=True)
    assert not User.objects.filter(pk=member.pk).exists()


def test_staff_are_not_erased(capsys):
    staff = a_member(is_staff=True)
    with pytest.raises(CommandError, match="staff"):
        call_command("erase_member", staff.email, confirm=staff.email)
