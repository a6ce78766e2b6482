"""One's photo: cut by pointer and by keyboard, without scripts too, and seen in a room by members only."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.keyboard import Typist
from tests.browser.person import PATIENCE_SECONDS, Person
from tests.browser.test_pages import BothThemes

HOST, LISTENER = "Ji-woo Han", "Lin Wei"
RED, BLUE = (255, 0, 0), (0, 0, 255)
PHOTO = "/me/photo/"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Red on the left, blue on the right, and where it was taken."""
    picture = Image.new("RGB", (600, 300), "red")
    picture.paste("blue", (300, 0, 600, 300))
    exif = Image.Exif()
    exif[0x010F] = "a certain maker"
    picture.save(tmp_path / "me.jpg", exif=exif, quality=95)
    return tmp_path / "me.jpg"


@pytest.fixture
def made(scene: Scene) -> Scene:
    scene.make(HOST, LISTENER, stage=(HOST,), visibility="public")
    return scene


def chooses(person: Person, file: Path) -> None:
    person.go(PHOTO)
    person.page.locator("input[type=file]").set_input_files(file)
    expect(person.page.locator("#crop-view")).to_be_focused()


def kept(person: Person) -> Image.Image:
    """The photo that the page shows now."""
    shown = person.page.locator(".own-photo img")
    expect(shown).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    person.wait(
        lambda: bool(shown.evaluate("(image) => image.complete && image.naturalWidth > 0")), "the photo is seen"
    )
    answer = person.context.request.get(str(shown.get_attribute("src")))
    return Image.open(io.BytesIO(answer.body()))


def is_all(picture: Image.Image, colour: tuple[int, int, int]) -> bool:
    spots = [(20, 20), (picture.width - 20, 20), (picture.width // 2, picture.height - 20)]
    return all(
        abs(found - wanted) < 60
        for spot in spots
        for found, wanted in zip(picture.convert("RGB").getpixel(spot), colour, strict=True)
    )


def test_cut_by_pointer_and_seen_in_a_room(made: Scene, file: Path, screenshots: Path) -> None:
    host = made.person(HOST, tone_hz=440)
    chooses(host, file)
    box = host.page.locator("#crop-view").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    host.page.mouse.move(x, y)
    host.page.mouse.down()
    host.page.mouse.move(x + box["width"], y, steps=5)
    host.page.mouse.up()
    host.page.get_by_role("button", name="Use this picture").click()
    picture = kept(host)
    assert (picture.format, picture.size) == ("WEBP", (300, 300))
    assert is_all(picture, RED)
    assert not dict(picture.getexif())

    host.enter(made.room)
    listener, guest = made.person(LISTENER), made.person()
    listener.enter(made.room)
    seen = listener.page.locator("#stage [data-person] img")
    expect(seen).to_have_attribute("src", re.compile(r"^/photos/[\w-]{16}/192\.webp$"))
    listener.wait(lambda: bool(seen.evaluate("(image) => image.naturalWidth > 0")), "the photo on stage is seen")
    album = BothThemes(screenshots, "photo")
    album.take(listener, "room-with-a-photo")
    assert album.wrong == []
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(request.url))
    guest.enter(made.room)
    expect(guest.page.locator("#stage [data-person] [data-face]")).to_have_text("JH")
    assert not [url for url in asked if "/photos/" in url]


def test_cut_by_keyboard_alone(made: Scene, file: Path) -> None:
    person = made.person(LISTENER)
    chooses(person, file)
    typist = Typist(person)
    for _ in range(30):
        typist.press("ArrowLeft")
    typist.hears("from the left 100 %")
    typist.press("+")
    typist.hears("110 percent")
    typist.tab_to("#crop-zoom")
    typist.press("ArrowRight")
    expect(person.page.locator("#crop-zoom")).to_have_value("115")
    typist.choose("button[value=upload]")
    picture = kept(person)
    assert is_all(picture, BLUE)
    assert picture.width < 300


# What the form would send: Playwright does not show the files of a request.
_STOP_AND_READ = """
() => document.addEventListener("submit", async (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const file = new FormData(event.target, event.submitter).get("photo");
  window.testSentFile = { name: file.name, words: new TextDecoder("latin1").decode(await file.arrayBuffer()) };
})
"""


def test_only_the_square_that_is_seen_leaves_the_device(made: Scene, file: Path) -> None:
    person = made.person(LISTENER)
    chooses(person, file)
    person.page.evaluate(_STOP_AND_READ)
    person.page.get_by_role("button", name="Use this picture").click()
    person.page.wait_for_function("() => window.testSentFile")
    sent = person.page.evaluate("() => window.testSentFile")
    assert b"a certain maker" in file.read_bytes()
    assert "a certain maker" not in sent["words"]
    assert sent["words"].startswith("RIFF")
    assert sent["name"] == "photo"


def test_without_scripts_the_middle_is_taken(made: Scene, file: Path, playwright_driver) -> None:
    person = made.person(LISTENER)
    browser = person.context.browser
    assert browser is not None
    context = browser.new_context(base_url=person.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": made.cookie_of(LISTENER), "url": person.url}])
    page = context.new_page()
    page.goto(PHOTO)
    expect(page.locator("#crop")).to_be_hidden()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Use this picture").click()
    source = page.locator(".own-photo img").get_attribute("src")
    picture = Image.open(io.BytesIO(context.request.get(str(source)).body())).convert("RGB")
    left, right = picture.getpixel((20, 150)), picture.getpixel((picture.width - 20, 150))
    assert left[0] > 200 > 60 > left[2]
    assert right[2] > 200 > 60 > right[0]
    context.close()


def test_what_is_no_picture_is_refused_in_words(made: Scene, tmp_path: Path) -> None:
    person = made.person(LISTENER)
    (tmp_path / "me.png").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    person.go(PHOTO)
    person.page.locator("input[type=file]").set_input_files(tmp_path / "me.png")
    expect(person.page.locator("#crop-said")).to_contain_text("cannot show that picture")
    person.page.get_by_role("button", name="Use this picture").click()
    expect(person.page.locator(".errorlist")).to_contain_text("no picture that we can read")


def test_pages_of_people_as_they_are_seen(made: Scene, file: Path, screenshots: Path) -> None:
    made.make(HOST, LISTENER, "Amara Okafor", stage=(HOST,))
    for one, other in ((LISTENER, HOST), (LISTENER, "Amara Okafor"), (HOST, "Amara Okafor"), (HOST, LISTENER)):
        made.backstage("follow", follower=made.address_of(one), followed=made.address_of(other))
    host, viewer = made.person(HOST), made.person(LISTENER)
    album = BothThemes(screenshots, "people")
    chooses(host, file)
    album.take(host, "photo-crop")
    host.page.get_by_role("button", name="Use this picture").click()
    kept(host)
    album.take(host, "photo-kept")
    host.go("/me/")
    page = host.page
    page.locator("details.more summary").click()
    page.locator("#id_expertise").fill("Advanced packaging, 先进封装, yield learning")
    page.locator("#id_bio").fill("Twenty years in fabs.\n\nNotes at https://notes.example/packaging, where I write.")
    page.locator("#id_links").fill("https://notes.example/me\nhttps://analyst.example/ji-woo")
    page.get_by_label("中文").check()
    page.locator("#id_bio_visibility").select_option("circle")
    album.take(host, "profile-more")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/hallway/**")
    profile = made.backstage("profile_of", email=made.address_of(HOST))
    viewer.go(profile)
    expect(viewer.page.locator(".person")).to_contain_text("Twenty years in fabs")
    expect(viewer.page.locator(".elsewhere a").first).to_have_text(re.compile("notes.example"))
    album.take(viewer, "profile-full")
    viewer.page.get_by_role("link", name="Advanced packaging").click()
    expect(viewer.page.locator(".profile-row")).to_contain_text([HOST])
    album.take(viewer, "people-found")
    viewer.go(f"{profile}followers/")
    album.take(viewer, "followers")
    viewer.go("/me/blocked/")
    album.take(viewer, "blocked")
    assert album.wrong == []
