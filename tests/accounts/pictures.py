"""Pictures to be uploaded: honest ones, and some made to hurt."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112
TURNED = 6  # the camera was held upright: a quarter to the right


def drawn(width: int = 300, height: int = 200, colour: str = "teal", mode: str = "RGB") -> Image.Image:
    """A picture of one colour."""
    return Image.new(mode, (width, height), colour)


def written(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Its file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def from_a_phone() -> bytes:
    """Turned by the camera, and telling where it was taken: red above, blue below once it is upright."""
    lying = Image.new("RGB", (200, 300), "red").rotate(0)
    lying.paste("blue", (0, 150, 200, 300))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS).update({1: "N", 2: (37.0, 33.0, 58.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    exif[0x010F] = "A camera of a certain maker"
    return written(lying.rotate(90, expand=True), exif=exif, comment=b"a comment of mine", quality=95)


def moving() -> bytes:
    """A GIF: first green, then red."""
    frames = [drawn(100, 100, "green"), drawn(100, 100, "red")]
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims this many dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def upload(content: bytes, name: str = "me.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    """As a browser sends it."""
    return SimpleUploadedFile(name, content, content_type=kind)
