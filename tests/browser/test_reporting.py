"""Reporting in a few taps from where one is, and by keyboard; and staff who work through the queue by keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import BothThemes, look
from tests.browser.test_talk import asks, opens

HOST, MEMBER, STAFF = "Ji-woo Han", "Lin Wei", "Sofia Takács"


@pytest.fixture
def made(scene: Scene) -> Scene:
    scene.make(HOST, MEMBER, STAFF, stage=(HOST,), staff=[STAFF], title="A room to report")
    return scene


def reported_by(scene: Scene, name: str) -> list[dict[str, str]]:
    return scene.backstage("reported_by", email=scene.address_of(name))


def kinds_and_lines(scene: Scene, name: str) -> list[tuple[str, str]]:
    return [(report["kind"], report["line"]) for report in reported_by(scene, name)]


def taps(person: Person, kind: str, line: str = "") -> None:
    """What it is about between two taps, and a line if there is one."""
    person.page.locator(f'[data-report="report-{kind}-dialog"]').first.click()
    dialog = person.page.locator(f"#report-{kind}-dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("What is it about?").select_option("harassment")
    if line:
        dialog.get_by_label("In your words").fill(line)
    dialog.get_by_role("button", name="Report").click()
    expect(person.page.locator(".notices")).to_contain_text("Thank you.")


def a_topic_of(person: Person) -> str:
    person.go("/hallway/")
    return person.page.locator("#filter-topic option[value]:not([value=''])").first.get_attribute("value") or ""


def test_profile_topic_and_a_room_to_come_in_a_few_taps(made: Scene, screenshots: Path) -> None:
    member = made.person(MEMBER)
    album = BothThemes(screenshots, "en")
    coming = made.backstage("to_come", host_email=made.address_of(HOST), title="Get rich by Friday", minutes=90)
    profile = made.backstage("profile_of", email=made.address_of(HOST))
    topic = a_topic_of(member)
    pages = {"profile": profile, "topic": f"/programme/?topic={topic}", "room": f"/r/{coming}/"}
    for kind, address in pages.items():
        member.go(address)
        member.page.locator(f'[data-report="report-{kind}-dialog"]').first.click()
        album.take(member, f"report-{kind}-dialog")
        member.page.keyboard.press("Escape")
        expect(member.page.locator(f"#report-{kind}-dialog")).to_be_hidden()
        taps(member, kind, f"About the {kind}")
        assert member.page.url.endswith(address)
    member.go(f"/hallway/?topic={topic}")
    taps(member, "topic")
    expected = [
        ("profile", "About the profile"),
        ("topic", "About the topic"),
        ("room", "About the room"),
        ("topic", ""),
    ]
    assert kinds_and_lines(made, MEMBER) == expected
    member.go("/reports/")
    album.take(member, "reports-mine")
    assert album.wrong == []


def test_by_keyboard_the_dialog_gives_the_focus_back(made: Scene) -> None:
    member = made.person(MEMBER)
    member.go(made.backstage("profile_of", email=made.address_of(HOST)))
    button = member.page.locator('[data-report="report-profile-dialog"]')
    button.focus()
    member.page.keyboard.press("Enter")
    expect(member.page.locator("#report-profile-dialog")).to_be_visible()
    expect(member.page.get_by_label("What is it about?")).to_be_focused()
    member.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    member.page.keyboard.press("Enter")
    member.page.keyboard.press("Tab")
    member.page.keyboard.type("By keyboard")
    member.page.keyboard.press("Enter")
    category = member.page.get_by_label("What is it about?")
    expect(category).to_be_focused()
    expect(category).to_have_attribute("aria-invalid", "true")
    expect(category).to_have_accessible_description("Choose what it is about.")
    member.page.keyboard.type("Fraud")
    expect(category).not_to_have_attribute("aria-invalid", "true")
    member.page.keyboard.press("Tab")
    member.page.keyboard.press("Enter")
    expect(member.page.locator(".notices")).to_contain_text("Thank you.")
    assert kinds_and_lines(made, MEMBER) == [("profile", "By keyboard")]


def test_a_question_is_reported_in_the_room(made: Scene, screenshots: Path) -> None:
    host, member = made.person(HOST), made.person(MEMBER)
    host.enter(made.room)
    asks(host, "Who of you is bribed?")
    member.enter(made.room)
    opens(member, "questions")
    expect(host.page.locator("#questions [data-report]")).to_be_hidden()  # one's own
    member.page.get_by_role("button", name="Report this question").click()
    expect(member.page.locator("#report-title")).to_have_text(f"Report the question of {HOST}")
    category, send = member.page.locator("#report-category"), member.page.locator("#report-dialog button[value=yes]")
    send.click()
    expect(member.page.locator("#report-category_error")).to_have_text("Choose what it is about.")
    expect(category).to_be_focused()
    member.page.locator("#report-dialog [data-close]").click()
    member.page.get_by_role("button", name="Report this question").click()
    expect(member.page.locator("#report-category_error")).to_have_count(0)
    send.click()
    album = BothThemes(screenshots, "en")
    album.take(member, "report-nothing-chosen")
    assert album.wrong == []
    category.select_option("fraud")
    send.click()
    member.is_told("Thank you.")
    (report,) = reported_by(made, MEMBER)
    assert (report["kind"], report["category"], report["message"]) == ("question", "fraud", "Who of you is bribed?")


@pytest.mark.parametrize("language", ["en-GB", "zh-CN", "ko-KR"])
def test_after_the_room_by_member_and_guest(scene: Scene, screenshots: Path, language: str) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,), visibility="public", title="A room that is over")
    host, member, guest = scene.person(HOST), scene.person(MEMBER, language=language), scene.person(language=language)
    for person in (host, member, guest):
        person.enter(scene.room)
    asks(member, "Was that so?")
    host.page.locator("#end").click()
    host.page.locator("#confirm-yes").click()
    album = BothThemes(screenshots, language[:2])
    for number, person in enumerate((member, guest)):
        person.in_state("ended")
        person.page.locator("#report-after").click()
        person.page.wait_for_url("**/afterwards/")
        album.take(person, f"report-afterwards-{number}")
        person.page.locator("#who-was-there ~ ul .row-item", has_text=HOST).locator("a.button").click()
        person.page.wait_for_url("**/report/person/**")
        album.take(person, f"report-person-{number}")
        person.page.locator("main select[name=category]").select_option("hate")
        person.page.locator("main form button[type=submit]").click()
        expect(person.page.locator(".notices .notice")).to_be_visible()
    expect(guest.page.locator(".my-reports li")).to_have_count(1)
    album.take(guest, "reports-guest")
    assert [report["target"] for report in scene.backstage("reports", room=scene.room_id)] == [HOST, HOST]
    assert scene.backstage("evidence", room=scene.room_id) != []  # the ring still held it
    assert album.wrong == []


def test_staff_work_through_the_queue_by_keyboard(made: Scene, screenshots: Path) -> None:
    member, staff = made.person(MEMBER), made.person(STAFF)
    coming = made.backstage("to_come", host_email=made.address_of(HOST), title="Get rich by Friday", minutes=90)
    member.go(f"/r/{coming}/")
    taps(member, "room", "They want coins")
    member.go(made.backstage("profile_of", email=made.address_of(HOST)))
    member.page.locator('[data-report="report-profile-dialog"]').click()
    member.page.get_by_label("What is it about?").select_option("danger")
    member.page.locator("#report-profile-dialog button[type=submit]").click()
    expect(member.page.locator(".notices")).to_contain_text("Thank you.")

    staff.go("/staff/moderation/case/")
    expect(staff.page.locator("#result_list tbody tr").first).to_contain_text("Urgent: Danger to somebody")
    pictures(staff, "staff-queue", screenshots)
    staff.page.keyboard.press("j")
    staff.page.keyboard.press("j")
    staff.page.keyboard.press("k")
    expect(staff.page.locator("tr.staff-chosen")).to_contain_text("Danger to somebody")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/change/")
    first = staff.page.url
    expect(staff.page.locator(".staff-report")).to_contain_text(MEMBER)
    staff.page.keyboard.press("t")
    expect(staff.page.get_by_role("button", name="Let it wait again")).to_be_visible()
    pictures(staff, "staff-case", screenshots)
    staff.page.keyboard.press("d")
    staff.page.keyboard.press("Space")
    staff.page.keyboard.press("Tab")
    staff.page.keyboard.type("just a joke, nothing happened")
    staff.page.keyboard.press("Tab")
    staff.page.keyboard.press("Enter")
    expect(staff.page.locator(".messagelist")).to_contain_text("Decided.")
    assert staff.page.url != first
    staff.go(first)
    expect(staff.page.locator(".staff-case")).to_contain_text("nothing found")
    staff.page.keyboard.press("u")
    staff.page.wait_for_url("**/moderation/case/")
    member.go("/reports/")
    expect(member.page.locator(".my-reports")).to_contain_text("found nothing against")


def pictures(person: Person, name: str, folder: Path) -> None:
    """What staff see, light and dark, at a desk and on a phone; nothing that is wider or that axe holds against us."""
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 1240):
            person.page.set_viewport_size({"width": width, "height": 800})
            wrong = look(person, f"{name}-{scheme}-{width}", folder)
            assert [found for found in wrong if "staff-" in found and "wider" in found] == []
