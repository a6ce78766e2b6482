"""Photos of people: read from whatever was sent, and written anew, so that nothing of the file but its picture is left."""

import io
import secrets
from datetime import timedelta
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from accounts import renaming
from accounts.models import Profile, User
from accounts.portraits import PHOTO_SIZES
from accounts.unpacking import Busy, unpacking

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 24_000_000  # what phones take; a file of a few kilobytes can claim a thousand times as many
FEWEST_PIXELS = 64  # a side
READ = ("JPEG", "PNG", "WEBP", "GIF")  # by what the file is, not by what it is called
_FOLDER = "photos"
_STRAY_AFTER = timedelta(hours=1)
_QUALITY = 84
_GROUND = (242, 237, 229)  # behind what is transparent


def render(file: IO[bytes], byte_count: int) -> dict[int, bytes]:
    """The picture in a file that somebody sent, upright, square around its middle, as WebP by its size in pixels.

    Raises:
        ValidationError: `photo_too_large`, `photo_too_small`, `photo_unreadable`, `photo_busy`.
    """
    if byte_count > MOST_BYTES:
        raise _too_large()
    try:
        with unpacking(), Image.open(file, formats=READ) as image:  # opening reads no more than its head
            _demand_size(image)
            return _written_anew(image)
    except ValidationError:
        raise
    except Busy as busy:
        raise ValidationError(
            _("Many pictures are being read just now. Try again in a minute."), code="photo_busy"
        ) from busy
    except Image.DecompressionBombError as error:  # Pillow has a limit of its own, a higher one
        raise _too_large() from error
    except Exception as error:  # decoders fail in many ways on files that were made to hurt them
        raise ValidationError(
            _("This is no picture that we can read. Choose a JPEG, PNG, WebP or GIF."), code="photo_unreadable"
        ) from error


def _demand_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_large()
    if min(width, height) < FEWEST_PIXELS:
        raise ValidationError(
            _("This picture is too small: take one of 64 pixels a side or more."), code="photo_too_small"
        )


def _too_large() -> ValidationError:
    return ValidationError(_("This picture is too large: 8 MB and 24 megapixels are the most."), code="photo_too_large")


def _written_anew(image: Image.Image) -> dict[int, bytes]:
    largest = max(PHOTO_SIZES)
    image.seek(0)  # of moving pictures, the first
    image.draft("RGB", (2 * largest, 2 * largest))  # JPEG: decode no more than is needed
    upright = ImageOps.exif_transpose(image)
    square = ImageOps.fit(upright, (min(*upright.size, largest),) * 2, Image.Resampling.LANCZOS)
    coloured = square.convert("RGBA")
    plain = Image.new("RGB", square.size, _GROUND)  # a new picture: of the old one only its dots are taken over
    plain.paste(coloured, mask=coloured.getchannel("A"))
    return {size: _webp(plain, size) for size in PHOTO_SIZES}


def _webp(picture: Image.Image, size: int) -> bytes:
    scaled = picture if picture.width <= size else picture.resize((size, size), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    scaled.save(written, "WEBP", quality=_QUALITY, method=4)
    return written.getvalue()


def keep(user: User, pictures: dict[int, bytes]) -> None:
    """Make these somebody's photo, in place of the one before. The new files are there before the row says so, the old ones
    until it does."""
    name = secrets.token_urlsafe(12)
    for size, content in pictures.items():
        storages["default"].save(_path(name, size), ContentFile(content))
    try:
        _set(user, name)
    except BaseException:
        delete_files(name)
        raise


def remove(user: User) -> None:
    """Somebody has no photo any more, and neither have we."""
    _set(user, "")


@transaction.atomic
def _set(user: User, name: str) -> None:
    renaming.lock(user)  # of two new photos at once, one takes the place of the other
    profile = Profile.objects.get(user=user)
    former, profile.photo = profile.photo, name
    profile.save(update_fields=["photo"])
    if former:
        transaction.on_commit(lambda: delete_files(former))


def read(name: str, size: int) -> bytes | None:
    """One file of a photo, or None if it is gone."""
    try:
        with storages["default"].open(_path(name, size)) as file:
            return file.read()
    except FileNotFoundError:
        return None


def delete_files(name: str) -> None:
    """Delete the files of a photo."""
    for size in PHOTO_SIZES:
        storages["default"].delete(_path(name, size))


def sweep() -> int:
    """Delete files that are nobody's photo, as after a process died between file and row.

    Returns:
        How many photos.
    """
    storage = storages["default"]
    if not storage.exists(_FOLDER):
        return 0
    found = {file.rsplit("-", 1)[0] for file in storage.listdir(_FOLDER)[1]}
    orphans = found - set(Profile.objects.filter(photo__in=found).values_list("photo", flat=True))
    orphans = {name for name in orphans if _is_old(name)}  # of a younger one the row may come in a moment
    for name in orphans:
        delete_files(name)
    return len(orphans)


def _is_old(name: str) -> bool:
    storage, long_ago = storages["default"], timezone.now() - _STRAY_AFTER
    written = [storage.get_modified_time(path) for size in PHOTO_SIZES if storage.exists(path := _path(name, size))]
    return all(at < long_ago for at in written)


def _path(name: str, size: int) -> str:
    return f"{_FOLDER}/{name}-{size}.webp"
