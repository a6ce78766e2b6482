"""Words with a raised hand that wait for staff: whose hand it is is told on the page, and what became of them."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.test_pages import BothThemes

HOST, MEMBER, STAFF = "Ji-woo Han", "Lin Wei", "Noor Staff"


def test_words_with_a_hand_that_wait_are_told_of(scene: Scene, screenshots: Path, tmp_path: Path) -> None:
    scene.make(HOST, MEMBER, STAFF, stage=(HOST,), staff=[STAFF])
    file = tmp_path / "terms.csv"
    file.write_text("pattern,outcome\nhandword,hold\n")
    scene.installation.manage("terms", "load", str(file))
    host, member, staff = scene.person(HOST), scene.person(MEMBER, tone_hz=700, width=360), scene.person(STAFF)
    host.enter(scene.room)
    member.enter(scene.room)
    member.raise_hand("On h4ndw0rd")
    hint = member.page.locator("#button-hint")
    expect(hint).to_contain_text("seen only by you")
    member.is_told("“On h4ndw0rd” is seen only by you: MiTalk’s staff look at it first. Your hand is up.")
    album = BothThemes(screenshots, "en")
    album.take(member, "hand-line-waits")
    assert album.wrong == []
    expect(host.page.locator("#hands [data-line]")).to_have_text("")
    member.lose_socket()
    member.is_inside()
    expect(hint).to_contain_text("seen only by you")

    staff.go("/staff/moderation/heldtext/?state__exact=waiting")
    staff.page.locator("#action-toggle").check()
    staff.page.locator("select[name=action]").select_option("decide_chosen")
    staff.page.locator("button[name=index]").click()
    staff.page.locator("input[name=decision][value=yes]").check()
    staff.page.locator("input[name=reason]").fill("A trade name")
    staff.page.locator("input[type=submit]").first.click()
    expect(staff.page.locator(".messagelist")).to_contain_text("1 decided.")
    member.is_told("Those who run the room see now what you wrote with your hand.")
    expect(hint).not_to_contain_text("seen only by you")
    expect(host.page.locator("#hands [data-line]")).to_contain_text("On h4ndw0rd")
