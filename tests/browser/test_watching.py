"""A word that has to wait: only its writer sees it until staff let it pass, on pages that nothing runs on."""

import time
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.test_pages import BothThemes

STAFF_PAGES = ("term/", "term/try/", "term/import/", "heldtext/", "flag/", "roomrisk/")


def test_the_lists_that_another_process_changed_are_seen_by_the_web(scene: Scene, tmp_path: Path) -> None:
    scene.make("Noor Staff", stage=("Noor Staff",), staff=["Noor Staff"])
    staff, file = scene.person("Noor Staff"), tmp_path / "terms.csv"
    outcome = staff.page.locator("#tried strong")

    def tried() -> str:
        staff.go("/staff/moderation/term/try/")
        staff.page.locator("#id_text").fill("p r o c e s s w o r d")
        staff.page.locator("input[type=submit]").first.click()
        return outcome.inner_text()

    assert tried() == "let it pass"
    file.write_text("pattern,outcome\nprocessword,refuse\n")
    scene.installation.manage("terms", "load", str(file))
    deadline = time.monotonic() + 10
    while tried() != "refuse":
        assert time.monotonic() < deadline


def test_what_waits_is_seen_by_its_writer_until_staff_let_it_pass(scene: Scene, screenshots: Path) -> None:
    scene.make(
        "Ji-woo Han", "Lin Wei", "Noor Staff", stage=("Ji-woo Han",), staff=["Noor Staff"], title="<i>Waiting</i> words"
    )
    host, member, staff = scene.person("Ji-woo Han"), scene.person("Lin Wei"), scene.person("Noor Staff")
    staff.go("/staff/moderation/term/add/")
    staff.page.locator("#id_pattern").fill("waitingword")
    staff.page.locator("#id_outcome").select_option("hold")
    staff.page.locator("input[name=_save]").click()
    expect(staff.page.locator("#result_list")).to_contain_text("waitingword")

    host.enter(scene.room)
    member.enter(scene.room)
    member.page.locator("#chat-text").fill("A w4itingw0rd <b>here</b>")
    member.page.locator("#chat-form button").click()
    mine = member.page.locator(".chat-message", has_text="w4itingw0rd")
    expect(mine).to_contain_text("Only you see this")
    album, staffs = BothThemes(screenshots, "en"), BothThemes(screenshots, "staff")
    album.take(member, "watching-waits")
    assert album.wrong == []
    member.page.set_viewport_size({"width": 1240, "height": 800})
    member.page.locator("#questions-tab").click()
    member.page.locator("#question-text").fill("Why waitingword?")
    member.page.locator("#question-form button").click()
    expect(member.page.locator(".question", has_text="waitingword")).to_contain_text("Only you see this")
    expect(host.page.locator(".chat-message")).to_have_count(0)

    for page in STAFF_PAGES:
        staff.go(f"/staff/moderation/{page}")
        if page == "term/try/":
            staff.page.locator("#id_text").fill("<b> w a i t i n g w o r d </b> 2026")
            staff.page.locator("input[type=submit]").first.click()
            expect(staff.page.locator("#tried")).to_contain_text("wait for staff")
        if page == "roomrisk/":
            staff.page.locator("button", has_text="Count again now").click()
            expect(staff.page.locator("#result_list")).to_contain_text("<i>Waiting</i> words")
        staffs.take(staff, f"watching-{page.replace('/', '')}")

    staff.go("/staff/moderation/heldtext/?state__exact=waiting")
    staff.page.locator("#action-toggle").check()
    staff.page.locator("select[name=action]").select_option("decide_chosen")
    staff.page.locator("button[name=index]").click()
    expect(staff.page.locator(".staff-case")).to_have_count(2)
    staffs.take(staff, "watching-decide")
    assert [each for each in staffs.wrong if "wider" in each] == []
    staff.page.locator("input[name=decision][value=yes]").check()
    staff.page.locator("input[name=reason]").fill("A trade name")
    staff.page.locator("input[type=submit]").first.click()
    expect(staff.page.locator(".messagelist")).to_contain_text("2 decided.")

    expect(host.page.locator(".chat-message")).to_contain_text("A w4itingw0rd <b>here</b>")
    expect(member.page.locator(".chat-message")).to_have_count(1)
    expect(member.page.locator(".chat-message")).not_to_contain_text("Only you see this")
    expect(member.page.locator(".question")).to_contain_text("asked by Lin Wei")
