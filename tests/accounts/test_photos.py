"""Photos: written anew from whatever was sent, given to whom they are for, and gone when they are gone."""

import io
import os
import time
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import photos, services
from accounts.models import AuditEntry, Profile, User, Visibility
from accounts.portraits import PHOTO_SIZES, photo_address
from tests.accounts import pictures
from tests.factories import a_member

BACKEND = "accounts.backends.MemberBackend"
EDIT = "/me/photo/"


def rendered(content: bytes) -> Image.Image:
    """The largest of what is kept of a file."""
    return Image.open(io.BytesIO(photos.render(io.BytesIO(content), len(content))[max(PHOTO_SIZES)]))


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        photos.render(io.BytesIO(content), len(content))
    return str(refused.value.code)


def is_nearly(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=False))


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"),
                                            ("PNG", "I;16"), ("WEBP", "RGBA"), ("GIF", "P")])  # fmt: skip
def test_every_kind_becomes_a_square_webp(kind: str, mode: str) -> None:
    sent = Image.new(mode, (900, 700)) if mode == "I;16" else pictures.drawn(900, 700).convert(mode)
    picture = rendered(pictures.written(sent, kind))
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (512, 512), "RGB")


def test_a_small_picture_is_not_blown_up_and_a_tiny_one_not_taken() -> None:
    assert rendered(pictures.written(pictures.drawn(200, 100))).size == (100, 100)
    assert refusal(pictures.written(pictures.drawn(200, 40))) == "photo_too_small"


def test_it_stands_upright_and_says_nothing_of_where_and_by_what_it_was_taken() -> None:
    sent = pictures.from_a_phone()
    assert b"A camera of a certain maker" in sent
    for content in photos.render(io.BytesIO(sent), len(sent)).values():
        picture = Image.open(io.BytesIO(content))
        assert is_nearly(picture.getpixel((picture.width // 2, 5)), (255, 0, 0))
        assert is_nearly(picture.getpixel((picture.width // 2, picture.height - 5)), (0, 0, 255))
        assert not dict(picture.getexif())
        assert not {"exif", "icc_profile", "xmp", "comment"} & picture.info.keys()
        assert b"certain maker" not in content
        assert b"comment of mine" not in content


def test_of_moving_pictures_the_first_is_kept() -> None:
    picture = rendered(pictures.moving())
    assert getattr(picture, "n_frames", 1) == 1
    assert is_nearly(picture.getpixel((50, 50)), (0, 128, 0))


def test_what_is_transparent_is_not_black() -> None:
    picture = rendered(pictures.written(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"))
    assert min(picture.getpixel((50, 50))) > 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script>alert(1)</script></svg>',
        b"%PDF-1.7\n%\xe2\xe3",
        b"\xff\xd8\xff\xe0",
        pictures.written(pictures.drawn())[:400],
        pictures.written(pictures.drawn(), "PNG")[:60],
        pictures.written(pictures.drawn(), "BMP"),
        pictures.written(pictures.drawn(), "TIFF"),
        pictures.written(pictures.drawn(), "PPM"),
        pictures.written(pictures.drawn(), "ICO"),
        pictures.claiming(300, 300),
    ],
    ids=["empty", "text", "svg", "pdf", "jpeg-head", "cut-jpeg", "cut-png", "bmp", "tiff", "ppm", "ico", "png-lies"],
)
def test_what_is_no_picture_of_the_right_kind_is_refused(content: bytes) -> None:
    assert refusal(content) == "photo_unreadable"


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (5_000, 5_000), (24_000_001, 1)])
def test_a_bomb_is_refused_by_what_it_claims_before_a_dot_is_decoded(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    assert refusal(pictures.claiming(width, height)) == "photo_too_large"


def test_too_many_bytes_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ValidationError) as refused:
        photos.render(io.BytesIO(), photos.MOST_BYTES + 1)
    assert refused.value.code == "photo_too_large"


def test_a_file_that_is_two_things_is_one_afterwards() -> None:
    page = b"<script>alert(document.domain)</script>"
    sent = pictures.written(pictures.drawn(), comment=page) + page + b"PK\x03\x04 an archive"
    for content in photos.render(io.BytesIO(sent), len(sent)).values():
        assert content.startswith(b"RIFF")
        assert b"script" not in content
        assert b"archive" not in content


# --- Keeping ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files() -> set[str]:
    folder = Path(configured.MEDIA_ROOT) / "photos"
    return {file.name for file in folder.iterdir()} if folder.exists() else set()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def sends(user: User, content: bytes | None = None, **more: str):
    content = pictures.written(pictures.drawn()) if content is None else content
    return signed_in(user).post(EDIT, {"act": "upload", "photo": pictures.upload(content), **more})


def photo_of(user: User) -> str:
    return Profile.objects.get(user=user).photo


@pytest.mark.django_db
def test_a_photo_is_kept_by_a_name_that_says_nothing_and_is_given_to_members(
    django_capture_on_commit_callbacks,
) -> None:
    amara, lin = a_member("Amara Okafor"), a_member("Lin Wei")
    assert sends(amara).status_code == 302
    name = photo_of(amara)
    assert files() == {f"{name}-{size}.webp" for size in PHOTO_SIZES}
    for size in PHOTO_SIZES:
        answer = signed_in(lin).get(photo_address(name, size))
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert answer.content[:4] == b"RIFF"


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["another", "none", "account"])
def test_files_go_with_the_photo(end: str, django_capture_on_commit_callbacks) -> None:
    amara = a_member("Amara Okafor")
    sends(amara)
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        if end == "another":
            sends(amara)
        elif end == "none":
            signed_in(amara).post(EDIT, {"act": "remove"})
        else:
            amara.delete()
    assert len(files()) == (2 if end == "another" else 0)
    assert not before & files()


@pytest.mark.django_db
def test_a_refused_photo_changes_nothing_and_says_why() -> None:
    amara = a_member("Amara Okafor")
    sends(amara)
    name, before = photo_of(amara), files()
    answer = sends(amara, b"<svg onload=alert(1)>")
    assert answer.context["upload"].has_error("photo", "photo_unreadable")
    assert (photo_of(amara), files()) == (name, before)


@pytest.mark.django_db
def test_files_without_a_person_are_swept_and_others_not() -> None:
    amara = a_member("Amara Okafor")
    sends(amara)
    kept = files()
    left_over = Path(configured.MEDIA_ROOT) / "photos" / "AAAAAAAAAAAAAAAA-192.webp"
    left_over.write_bytes(b"left over")
    assert photos.sweep() == 0, "its row may come in a moment"
    two_hours_ago = time.time() - 7200
    os.utime(left_over, (two_hours_ago, two_hours_ago))
    assert photos.sweep() == 1
    assert files() == kept


@pytest.mark.django_db
def test_who_it_is_not_for_is_told_that_there_is_none() -> None:
    amara, lin, friend = a_member("Amara Okafor"), a_member("Lin Wei"), a_member("Ji-woo Han")
    services.follow(amara, friend)
    services.follow(friend, amara)
    sends(amara)
    address = photo_address(photo_of(amara))
    signed_in(amara).post(EDIT, {"act": "visibility", "photo_visibility": "circle"})
    assert Profile.objects.get(user=amara).photo_visibility == Visibility.CIRCLE

    def given_to(user: User) -> int:
        return signed_in(user).get(address).status_code

    assert [given_to(user) for user in (amara, friend, lin)] == [200, 200, 404]
    signed_in(amara).post(EDIT, {"act": "visibility", "photo_visibility": "me"})
    assert [given_to(user) for user in (amara, friend, lin)] == [200, 404, 404]
    assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_guests_get_no_photo_not_even_its_address() -> None:
    amara = a_member("Amara Okafor")
    sends(amara)
    assert Client().get(photo_address(photo_of(amara))).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/photos/..%2f..%2fsecret_key/192.webp", "/photos/AAAAAAAAAAAAAAAA/192.webp", "/photos/a/1.webp"]
)
def test_addresses_that_were_made_up_lead_nowhere(path: str) -> None:
    assert signed_in(a_member()).get(path).status_code == 404


@pytest.mark.django_db
def test_sizes_that_are_not_kept_are_not_made() -> None:
    amara = a_member("Amara Okafor")
    sends(amara)
    assert signed_in(amara).get(photo_address(photo_of(amara)).replace("192", "4096")).status_code == 404


@pytest.mark.django_db
def test_a_photo_is_only_ever_ones_own() -> None:
    amara, lin = a_member("Amara Okafor"), a_member("Lin Wei")
    sends(amara)
    sends(lin, public_id=amara.public_id, profile=str(amara.profile.pk))
    name = photo_of(amara)
    signed_in(lin).post(EDIT, {"act": "remove", "user": amara.public_id})
    assert photo_of(amara) == name
    assert photo_of(lin) == ""
    assert Client().post(EDIT, {"act": "remove"}).status_code == 302


@pytest.mark.django_db
def test_uploads_are_limited(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "photo": "2/h/user"}
    amara = a_member("Amara Okafor")
    assert [sends(amara).status_code for _ in range(3)] == [302, 302, 429]


@pytest.mark.django_db
def test_staff_take_a_photo_down_and_it_is_written_down(django_capture_on_commit_callbacks) -> None:
    amara = a_member("Amara Okafor")
    staff = a_member("Sofia Takács", is_staff=True, is_superuser=True)
    sends(amara)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(staff).post(
            reverse("admin:accounts_user_changelist"), {"action": "take_down_photo", "_selected_action": [amara.pk]}
        )
    assert (photo_of(amara), files()) == ("", set())
    assert AuditEntry.objects.filter(act="photo.taken_down", target=amara.public_id).exists()
