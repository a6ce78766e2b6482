"""What tests of claims need: files as people upload them, claims in every state, and what lies on the disk."""

import io
import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.claim_models import Claim, ClaimKind, ClaimState
from accounts.claims import requesting
from accounts.claims.uploads import PDF, Document
from accounts.models import User
from tests.factories import a_member

A_PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
SECRET_WORDS = b"Employment contract of Amara Okafor"


def an_upload(content: bytes = A_PDF, name: str = "contract.pdf", media_type: str = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, media_type)


def a_picture(format: str = "JPEG", size: tuple[int, int] = (60, 40), **saved: object) -> bytes:
    """A small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(drawn, format, **saved)
    return drawn.getvalue()


def a_claim(user: User | None = None, *, with_document: bool = True, **fields) -> Claim:
    """What a document shows, waiting for staff."""
    fields = {"kind": ClaimKind.DOCUMENT, "document_kind": "employment", "about": "Engineer, Harbour Fab", **fields}
    document = Document(PDF, A_PDF + SECRET_WORDS) if with_document else None
    return requesting.request(user or a_member(), document=document, **{"language": "en", **fields})


def a_licence(user: User | None = None, **fields) -> Claim:
    """A licence, waiting for staff."""
    fields = {"about": "Korean Bar Association", "jurisdiction": "Republic of Korea", "number": "12-3456", **fields}
    return a_claim(user, with_document=False, **{"kind": ClaimKind.LICENCE, "document_kind": "", **fields})


def a_shown_claim(user: User, *, days: float = 100, **fields) -> Claim:
    """One that others see, for so many days more."""
    now = timezone.now()
    fields = {"kind": ClaimKind.WORK_EMAIL, "about": "harbour-fab.com", **fields}
    times = {"verified_at": now - timedelta(days=30), "expires_at": now + timedelta(days=days)}
    return Claim.objects.create(user=user, state="verified", **times, **fields)


def in_every_state(user: User) -> None:
    """A claim in each state, and one that has expired."""
    for number, state in enumerate(ClaimState.values):
        is_verified = state == ClaimState.VERIFIED
        fields = {"kind": list(ClaimKind)[number % 3], "document_kind": "degree" if number % 3 == 2 else ""}
        question = "Which year was it? We cannot read it." if state == ClaimState.ASKED else ""
        until = (
            {"verified_at": timezone.now(), "expires_at": timezone.now() + timedelta(days=365)} if is_verified else {}
        )
        Claim.objects.create(
            user=user, state=state, about=f"harbour-{number}.com", question=question, **fields, **until
        )
    a_shown_claim(user, days=-1, about="old-harbour.com")
    a_shown_claim(user, kind=ClaimKind.LICENCE, about="Korean Bar Association", jurisdiction="Republic of Korea")


def files() -> list[Path]:
    """Every file in the private folder."""
    folder = Path(settings.PRIVATE_DIR)
    return [path for path in folder.rglob("*") if path.is_file()]


def code_to(address: str) -> str:
    """The code of the latest mail to an address."""
    (body, *_older) = [sent.body for sent in reversed(mail.outbox) if sent.to == [address]]
    found = re.search(r"\b\d{6}\b", body)
    assert found, body
    return found.group()
