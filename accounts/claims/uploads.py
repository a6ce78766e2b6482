"""What an uploaded document really is. Its name and what the browser calls it count for nothing."""

import io
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from accounts.unpacking import Busy, unpacking

MOST_BYTES = 5 * 2**20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4000  # what is written on a page is read well at that
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

TOO_LARGE = "document_too_large"
WRONG_TYPE = "document_wrong_type"
UNREADABLE = "document_unreadable"
BUSY = "document_busy"


class DocumentRefused(Exception):
    """This is not taken. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is kept."""

    media_type: str
    content: bytes


def read_document(upload: UploadedFile) -> Document:
    """A document, by what is in it. Pictures are drawn anew, so that nothing but the picture is kept; a PDF is kept as it is,
    and never shown by us, only handed out.

    Raises:
        DocumentRefused: too large, neither PDF nor JPEG nor PNG, broken, or too many others at once.
    """
    if upload.size is None or upload.size > MOST_BYTES:
        raise DocumentRefused(TOO_LARGE)
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DocumentRefused(TOO_LARGE)
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"\xff\xd8\xff"):
        return Document(JPEG, _in_turn(content, "JPEG"))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Document(PNG, _in_turn(content, "PNG"))
    raise DocumentRefused(WRONG_TYPE)


def _pdf(content: bytes) -> Document:
    if b"%%EOF" not in content[-2048:]:
        raise DocumentRefused(UNREADABLE)  # cut off on its way
    return Document(PDF, content)


def _in_turn(content: bytes, format: str) -> bytes:
    try:
        with unpacking():
            return _drawn_anew(content, format)
    except Busy as busy:
        raise DocumentRefused(BUSY) from busy


def _drawn_anew(content: bytes, format: str) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=[format]) as image:
            if image.width * image.height > MOST_PIXELS:  # by the header: nothing was unpacked yet
                raise DocumentRefused(TOO_LARGE)
            image.load()
            upright = ImageOps.exif_transpose(image).convert("L" if image.mode in ("1", "L") else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise DocumentRefused(UNREADABLE) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new(upright.mode, upright.size)
    plain.paste(upright)  # pixels only: what else was in the file does not come along
    drawn = io.BytesIO()
    plain.save(drawn, format, **({"quality": 88} if format == "JPEG" else {"optimize": False}))
    return drawn.getvalue()
