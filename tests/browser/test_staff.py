"""The staff's pages in a real browser: reachable for staff only, whole under the strict policy."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.test_pages import look

PAGES = (
    "",
    "accounts/user/",
    "invites/invite/",
    "invites/invite/add/",
    "rooms/room/",
    "rooms/ban/",
    "rooms/topic/",
    "moderation/report/",
    "accounts/auditentry/",
    "accounts/namechange/",
)


def test_staff_look_around_make_an_invite_and_end_a_room(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",), staff=["Lin Wei"], title="A room that staff end")
    staff, listener = scene.person("Lin Wei"), scene.person("Ji-woo Han")
    wrong = []
    for number, page in enumerate(PAGES):
        staff.go(f"/staff/{page}")
        expect(staff.page.locator("h1").first).to_be_visible()
        wrong += [found for found in look(staff, f"staff-{number}", screenshots) if "wider" in found]
    assert wrong == []

    staff.go("/staff/invites/invite/add/")
    expect(staff.page.locator("#id_expires_at_0")).not_to_have_value("")
    staff.page.locator("input[name=_save]").click()
    expect(staff.page.locator(".messagelist")).to_contain_text(re.compile(r"/i/[2-9A-Z]{24}/"))

    listener.enter(scene.room)
    staff.go("/staff/rooms/room/")
    row = staff.page.locator("tr", has_text="A room that staff end").first
    row.locator("input.action-select").check()
    staff.page.locator("select[name=action]").select_option("end_rooms")
    staff.page.locator("button[name=index]").click()
    listener.in_state("ended")
    staff.go("/staff/accounts/auditentry/")
    expect(staff.page.locator("#result_list")).to_contain_text("room.end_room")


def test_members_do_not_get_in(scene: Scene) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    member = scene.person("Ji-woo Han")
    member.go("/staff/")
    expect(member.page.locator("#user-tools")).to_have_count(0)
