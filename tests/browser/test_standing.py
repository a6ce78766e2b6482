"""A sanction, from the form where staff impose it to the appeal that overturns it: as staff and the sanctioned see it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import BothThemes, look

HOST, REPORTED, LISTENER, STAFF, SENIOR = "Ji-woo Han", "Petra Roth", "Amara Okafor", "Sofia Takács", "Noor Haddad"
PASSWORD = "correct horse battery"
TALKS = 1000
FACTS = "Talked over Ji-woo Han for ten minutes, although she asked three times not to."
WORDS = "She asked me to go on: <b>listen</b> to the minute before."
REASONS = "The minute before was heard: she did ask for it."


def taken(person: Person, name: str, screenshots: Path) -> list[str]:
    """A picture of a page of staff; only what is wider than the screen is ours."""
    wrong = []
    for width in (1240, 360):
        person.page.set_viewport_size({"width": width, "height": 800})
        wrong += [found for found in look(person, f"{name}-{width}", screenshots) if "wider" in found]
    person.page.set_viewport_size({"width": 1240, "height": 800})
    return wrong


def imposes(staff: Person, address: str, kind: str, days: str) -> None:
    staff.go("/staff/moderation/sanction/add/")
    staff.page.get_by_label("Whom").fill(address)
    staff.page.locator("#id_kind").select_option(kind)
    staff.page.locator("#id_days").select_option(days)
    staff.page.locator("#id_rule").select_option("2")
    staff.page.locator("#id_facts").fill(FACTS)


def test_from_the_form_of_staff_to_the_appeal(scene: Scene, screenshots: Path) -> None:
    people = (HOST, REPORTED, LISTENER, STAFF, SENIOR)
    scene.make(*people, stage=(HOST, REPORTED), staff=[STAFF, SENIOR])
    album, wrong = BothThemes(screenshots, "acting"), []
    reported, listener = scene.person(REPORTED, tone_hz=TALKS), scene.person(LISTENER)
    staff, senior = scene.person(STAFF), scene.person(SENIOR)
    reported.enter(scene.room)
    listener.enter(scene.room)
    reported.unmute()
    listener.must_hear(TALKS)

    imposes(staff, scene.address_of(REPORTED), "mute", "7")
    wrong += taken(staff, "staff-sanction-add", screenshots)
    staff.page.get_by_role("button", name="Impose").click()
    listener.must_hear_silence(within=3)
    reported.is_told("muted you in rooms")
    wrong += taken(staff, "staff-sanction", screenshots)
    why = reported.page.locator("#why-limited a")
    expect(why).to_have_text("Your standing")
    album.take(reported, "room-sanctioned")
    reported.page.locator("#main-button").click()
    reported.is_told("muted you in rooms")
    listener.must_hear_silence()

    beside = scene.person(REPORTED)
    beside.go("/hallway/")
    expect(beside.page.locator("main")).to_contain_text("Staff have decided something about you.")
    beside.page.get_by_role("link", name="Your standing").first.click()
    expect(beside.page.locator("main")).to_contain_text("Talk to the matter.")
    album.take(beside, "standing")
    beside.page.get_by_role("link", name="Appeal").click()
    beside.page.get_by_label("Why it was wrong").fill(WORDS)
    album.take(beside, "appeal")
    beside.page.get_by_role("button", name="Appeal").click()
    expect(beside.page.locator("main")).to_contain_text("You appealed on")

    why.click()
    reported.page.wait_for_url("**/me/standing/")
    expect(reported.page.get_by_role("heading", name="Your standing")).to_be_visible()
    reported.page.locator("[data-back]").click()
    reported.is_inside()

    staff.go("/staff/moderation/appeal/")
    staff.page.locator("#result_list tbody a").first.click()
    expect(staff.page.locator("#content")).to_contain_text("somebody else of staff has to decide")
    senior.go("/staff/moderation/appeal/")
    wrong += taken(senior, "staff-appeals", screenshots)
    senior.page.locator("#result_list tbody a").first.click()
    expect(senior.page.locator(".staff-words").first).to_contain_text("<b>listen</b>")
    senior.page.get_by_label("the sanction is lifted as a mistake").check()
    senior.page.locator("#id_reasons").fill(REASONS)
    wrong += taken(senior, "staff-appeal", screenshots)
    senior.page.get_by_role("button", name="Decide").click()
    expect(senior.page.locator(".messagelist")).to_contain_text("told by mail")
    beside.go("/me/standing/")
    expect(beside.page.locator("main")).to_contain_text(REASONS)
    album.take(beside, "standing-overturned")
    reported.unmute()
    listener.must_hear(TALKS)
    assert album.wrong + wrong == []


def test_who_is_banned_reads_why_after_signing_in_and_nothing_else(scene: Scene, screenshots: Path) -> None:
    scene.make(HOST, REPORTED, STAFF, stage=(HOST,), staff=[STAFF])
    scene.backstage("prove_address", email=scene.address_of(REPORTED), password=PASSWORD)
    staff, reported = scene.person(STAFF), scene.person(cookie="")
    imposes(staff, scene.address_of(REPORTED), "ban", "")
    staff.page.get_by_role("button", name="Impose").click()
    reported.go("/accounts/login/")
    reported.page.locator("#id_login").fill(scene.address_of(REPORTED))
    reported.page.locator("#id_password").fill(PASSWORD)
    reported.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(reported.page.get_by_role("heading", name="You are banned")).to_be_visible()
    album = BothThemes(screenshots, "acting")
    album.take(reported, "standing-held")
    reported.go("/hallway/")
    expect(reported.page.locator("#id_login")).to_be_visible()
    assert album.wrong == []


def test_staff_write_rules_look_at_them_and_publish_them(scene: Scene, screenshots: Path) -> None:
    scene.make(HOST, STAFF, stage=(HOST,), staff=[STAFF])
    staff = scene.person(STAFF)
    staff.go("/staff/accounts/documentversion/add/")
    english = staff.page.locator("#id_text_en")
    english.fill(english.input_value().replace("Talk to the matter.", "Keep to the matter."))
    staff.page.get_by_role("button", name="Look at it").click()
    expect(staff.page.locator(".staff-preview").first).to_contain_text("Keep to the matter.")
    wrong = taken(staff, "staff-rules", screenshots)
    assert wrong == []
