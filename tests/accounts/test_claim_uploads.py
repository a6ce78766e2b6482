"""Hostile files: what is kept is a picture drawn anew or a PDF, whatever the browser calls it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from accounts.claims import private_files, uploads
from accounts.claims.uploads import DocumentRefused, read_document
from accounts.sealing import Unreadable
from tests.accounts.claiming import A_PDF, a_picture, an_upload, files

SCRIPT = b"<script>alert(document.cookie)</script>"


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def a_png_that_says_it_is(width: int, height: int) -> bytes:
    """A few bytes that would unpack to a picture of any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (SCRIPT, "contract.pdf", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", "me.png", "image/png"),
        (b"MZ\x90\0" + b"\0" * 200, "degree.pdf", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 200, "degree.docx", "application/pdf"),
        (b"GIF89a" + b"\0" * 200, "me.png", "image/png"),
        (b"\n" + A_PDF, "contract.pdf", "application/pdf"),  # something stands before it
        (b"", "contract.pdf", "application/pdf"),
    ],
)
def test_what_is_neither_pdf_nor_picture_is_refused_whatever_it_is_called(content, name, media_type) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document(an_upload(content, name, media_type))
    assert refused.value.code == uploads.WRONG_TYPE


def test_the_content_says_what_it_is_not_the_browser() -> None:
    assert read_document(an_upload(A_PDF, "x.html", "text/html")).media_type == uploads.PDF
    assert read_document(an_upload(a_picture("PNG"), "x.pdf", "application/pdf")).media_type == uploads.PNG


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_of_a_picture_only_the_picture_is_kept(format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at 37.5665, 126.9780"
    content = a_picture(format, exif=exif) + SCRIPT
    kept = read_document(an_upload(content, "x.html", "text/html")).content
    assert b"37.5665" in content
    assert b"37.5665" not in kept
    assert SCRIPT not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize("content", [a_picture()[:200], a_picture("PNG")[:60], b"\xff\xd8\xff" + b"x" * 500])
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document(an_upload(content))
    assert refused.value.code == uploads.UNREADABLE


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_would_unpack_to_gigabytes_is_not_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_document(an_upload(a_png_that_says_it_is(*size)))
    assert refused.value.code in (uploads.TOO_LARGE, uploads.UNREADABLE)


def test_too_large_and_cut_off() -> None:
    for content, code in ((A_PDF + b"\0" * uploads.MOST_BYTES, uploads.TOO_LARGE), (A_PDF[:30], uploads.UNREADABLE)):
        with pytest.raises(DocumentRefused) as refused:
            read_document(an_upload(content))
        assert refused.value.code == code


def test_a_kept_file_is_noise_for_whoever_finds_it() -> None:
    kept = private_files.keep(A_PDF)
    (found,) = files()
    assert found.name == kept.name
    assert b"PDF" not in found.read_bytes()
    assert oct(found.stat().st_mode & 0o777) == "0o600"
    assert oct(found.parent.stat().st_mode & 0o777) == "0o700"
    assert private_files.read(kept) == A_PDF


def test_a_file_that_was_changed_or_swapped_does_not_open() -> None:
    one, other = private_files.keep(A_PDF), private_files.keep(A_PDF)
    paths = {path.name: path for path in files()}
    with pytest.raises(Unreadable):
        private_files.read(private_files.Kept(one.name, other.sealed_key))
    content = paths[one.name].read_bytes()
    paths[one.name].write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Unreadable):
        private_files.read(one)


def test_files_without_a_row_are_deleted_once_no_transaction_can_still_bring_one() -> None:
    stray, known = private_files.keep(A_PDF), private_files.keep(A_PDF)
    soon = files()[0].stat().st_mtime + 60
    assert private_files.discard_strays({known.name}, now=soon) == 0
    assert private_files.discard_strays({known.name}, now=soon + 7200) == 1
    assert [path.name for path in files()] == [known.name]
    assert stray.name != known.name
