"""A document that cannot be read any more costs an export that document, and nobody their right."""

import pytest

from accounts.claims import private_files
from accounts.models import ClaimDocument, DataExport, ExportState
from accounts.own_data import exports
from tests.accounts.claiming import a_claim
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def test_its_file_is_gone() -> None:
    amara = a_member("Amara Okafor")
    a_claim(amara)
    private_files.discard(ClaimDocument.objects.get().name)
    assert exports.make(exports.request(amara, "en").pk)
    assert DataExport.objects.get().state == ExportState.READY


def test_its_key_is_gone() -> None:
    amara = a_member("Amara Okafor")
    a_claim(amara)
    ClaimDocument.objects.update(sealed_key="sealed with a key that is gone")
    assert exports.make(exports.request(amara, "en").pk)
