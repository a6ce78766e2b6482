"""The talk beside the sound: two people (and a guest) write, ask, vote, react and pin, on a phone and on a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_pages import LANGUAGES, Album

HOST, MEMBER, OTHER = "Ji-woo Han", "Lin Wei 林薇", "Amara Okafor"


def both(scene: Scene, **room) -> tuple[Person, Person]:
    """A host on a wide page and a member on a phone, inside."""
    scene.make(HOST, MEMBER, OTHER, stage=(HOST,), **room)
    host, member = scene.person(HOST), scene.person(MEMBER, width=360)
    host.enter(scene.room)
    member.enter(scene.room)
    return host, member


def opens(person: Person, tab: str) -> None:
    """Bring chat or questions in sight, on whatever page."""
    panel, opener = person.page.locator(f"#{tab}-panel"), person.page.locator(f"#open-{tab}")
    if not panel.is_visible():
        (opener if opener.is_visible() else person.page.locator(f"#{tab}-tab")).click()
    expect(panel).to_be_visible()


def writes(person: Person, text: str) -> None:
    person.page.locator("#chat-text").fill(text)
    person.page.keyboard.press("Enter")
    expect(person.page.locator("#chat-text")).to_have_value("")


def asks(person: Person, text: str) -> None:
    opens(person, "questions")
    person.page.locator("#question-text").fill(text)
    person.page.keyboard.press("Enter")
    expect(person.page.locator("#question-text")).to_have_value("")


def reads(person: Person, *texts: str) -> None:
    expect(person.page.locator("#chat [data-text]")).to_have_text(list(texts), timeout=10_000)


def sees_questions(person: Person, *questions: tuple[str, int]) -> None:
    expect(person.page.locator("#questions [data-text]")).to_have_text([text for text, _ in questions], timeout=10_000)
    expect(person.page.locator("#questions [data-votes]")).to_have_text([str(votes) for _, votes in questions])


def test_two_people_write_and_what_is_taken_away_is_gone_for_both(scene: Scene) -> None:
    host, member = both(scene)
    writes(host, "Good evening 👋")
    expect(member.page.locator("#unread-chat")).to_have_text("1")
    opens(member, "chat")
    expect(member.page.locator("#unread-chat")).to_be_empty()
    writes(member, "Thank you <b>all</b>")
    reads(host, "Good evening 👋", "Thank you <b>all</b>")
    reads(member, "Good evening 👋", "Thank you <b>all</b>")
    host.page.get_by_role("button", name=f"About the message of {MEMBER}").click()
    host.page.locator("#written-remove").click()
    host.page.locator("#confirm-yes").click()
    reads(member, "Good evening 👋", f"{HOST} removed a message.")
    writes(member, "Sorry")
    member.page.get_by_role("button", name=f"About the message of {MEMBER}").click()
    member.page.get_by_role("button", name="Take it back").click()
    gone = ("Good evening 👋", f"{HOST} removed a message.", f"{MEMBER} removed a message.")
    reads(host, *gone)
    member.lose_socket()
    member.is_inside()
    reads(member, *gone)
    late = scene.person(OTHER)
    late.enter(scene.room)
    reads(late, "Good evening 👋")


def test_questions_rise_by_votes_and_an_answered_one_marks_the_moment(scene: Scene) -> None:
    host, member = both(scene)
    asks(member, "Who pays?")
    opens(host, "questions")
    asks(host, "How was the yield measured?")
    sees_questions(member, ("Who pays?", 0), ("How was the yield measured?", 0))
    vote = member.page.get_by_role("button", name="Vote for: How was the yield measured?")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    sees_questions(host, ("How was the yield measured?", 1), ("Who pays?", 0))
    member.lose_socket()
    member.is_inside()
    expect(vote).to_have_attribute("aria-pressed", "true")
    host.page.locator("#questions li", has_text="yield").get_by_role("button", name="Answered", exact=True).click()
    sees_questions(member, ("Who pays?", 0), ("How was the yield measured?", 1))
    expect(member.page.locator("#questions li", has_text="yield")).to_contain_text("into the room")
    member.page.locator("#questions li", has_text="Who").get_by_role("button", name="Remove").click()
    sees_questions(host, ("How was the yield measured?", 1))


def test_taps_are_counted_for_everybody(scene: Scene) -> None:
    host, member = both(scene)
    for _ in range(3):
        member.page.get_by_role("button", name="Agree").click()
    expect(host.page.locator("[data-reaction=agree] .count")).to_have_text("3", timeout=4000)
    assert host.page.locator("[data-reaction=love] .count").inner_text() == ""


def test_slow_mode_makes_members_wait_and_the_page_counts_down(scene: Scene) -> None:
    host, member = both(scene)
    host.page.locator("#slow-mode").select_option("10")
    member.is_told(f"{HOST} turned slow mode on: one message in 10 s.")
    opens(member, "chat")
    writes(member, "One")
    expect(member.page.locator("#chat-hint")).to_contain_text("you can write again in")
    member.page.locator("#chat-text").fill("Two")
    member.page.keyboard.press("Enter")
    expect(member.page.locator("#chat-text")).to_have_value("Two")
    member.page.reload()
    member.tap_in()
    expect(member.page.locator("#chat-hint")).to_contain_text("you can write again in")
    writes(host, "Those who run the room do not wait")
    writes(host, "Not at all")


def test_a_pinned_link_is_named_before_one_goes_there(scene: Scene) -> None:
    host, member = both(scene)
    host.page.locator("#pin-url").fill("https://data.example.org/sheet?id=1")
    host.page.locator("#pin-title").fill("The data sheet")
    host.page.locator("#pin-form button[type=submit]").click()
    expect(member.page.locator("#pinned")).to_contain_text("The data sheet data.example.org", timeout=10_000)
    with member.context.expect_page() as opened:
        member.page.locator("#pinned-link").click()
    between = opened.value
    expect(between.locator(".link-host")).to_have_text("data.example.org")
    onwards = between.locator("#continue")
    expect(onwards).to_have_attribute("href", "https://data.example.org/sheet?id=1")
    assert "noopener" in (onwards.get_attribute("rel") or "")
    assert between.evaluate("() => window.opener") is None
    host.page.locator("#unpin").click()
    expect(member.page.locator("#pinned")).to_be_hidden()
    between.reload()
    expect(between.locator("main")).to_contain_text("No link is pinned any more")


def test_by_keyboard_and_read_out_only_to_whoever_is_in_the_chat(scene: Scene) -> None:
    host, member = both(scene)
    log = host.page.locator("#chat-log")
    opens(member, "chat")
    writes(member, "Not read out")
    reads(host, "Not read out")
    expect(log).to_have_attribute("aria-live", "off")
    host.page.locator("#chat-tab").focus()
    host.page.keyboard.press("ArrowRight")
    expect(host.page.locator("#questions-tab")).to_be_focused()
    host.page.keyboard.press("ArrowLeft")
    for _ in range(6):
        host.page.keyboard.press("Tab")
        if host.page.evaluate("() => document.activeElement.id") == "chat-text":
            break
    host.page.keyboard.type("By keyboard")
    host.page.keyboard.press("Enter")
    reads(member, "Not read out", "By keyboard")
    writes(member, "Read out")
    reads(host, "Not read out", "By keyboard", "Read out")
    expect(log).to_have_attribute("aria-live", "polite")
    member.page.keyboard.press("Escape")
    expect(member.page.locator("#open-chat")).to_be_focused()


def test_off_the_record_whoever_comes_later_reads_nothing(scene: Scene) -> None:
    host, member = both(scene, confidentiality="off_record")
    expect(host.page.locator("#chat-panel")).to_contain_text("Off the record")
    opens(member, "chat")
    writes(member, "Between us")
    reads(host, "Between us")
    member.lose_socket()
    member.is_inside()
    reads(member, "Between us")  # the page remembers, and nobody else
    late = scene.person(OTHER)
    late.enter(scene.room)
    writes(late, "Hello")
    reads(late, "Hello")
    reads(host, "Between us", "Hello")


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_how_it_looks(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    scene.make(HOST, MEMBER, OTHER, stage=(HOST,), visibility="public")
    how = {"language": LANGUAGES[language], "scheme": scheme}
    album = Album(screenshots, f"{language}-{scheme}")
    host, member, guest = (scene.person(name, width=360, **how) for name in (HOST, MEMBER, ""))
    for person in (host, member, guest):
        person.enter(scene.room)
    album.take(member, "talk-empty")
    member.page.set_viewport_size({"width": 360, "height": 740})
    host.page.locator("#open-desk").click()
    host.page.locator("#pin-url").fill("https://data.example.org/sheet?id=1")
    host.page.locator("#pin-title").fill("The data sheet of the second foundry")
    host.page.locator("#pin-form button[type=submit]").click()
    host.page.locator("#slow-mode").select_option("30")
    expect(member.page.locator("#pinned")).to_be_visible()
    opens(host, "chat")
    writes(host, "Good evening. We begin in a minute.")
    opens(member, "chat")
    writes(member, "We measured this for a year, and it is not what the data sheet says at all: 93 % and no more")
    writes(host, "说得好，请把数据发给大家。")
    for place in range(3):
        writes(host, f"Number {place}")
    member.wait(lambda: member.page.locator("#chat li").count() == 6, "everything is there")
    expect(member.page.locator("#chat li").last).to_be_in_viewport(ratio=0.9)
    album.take(member, "talk-chat")
    member.page.set_viewport_size({"width": 360, "height": 600})
    expect(member.page.locator("#chat li").last).to_be_in_viewport(ratio=0.9)
    album.take(host, "talk-host")
    asks(member, "Who pays for the second foundry if the yield stays under 90 % for another year?")
    asks(host, "What comes next?")
    member.page.locator("#questions [data-vote]").first.click()
    host.wait(lambda: host.page.locator("#questions li").count() == 2, "both questions")
    host.page.locator("#questions [data-answer]").last.click()
    expect(member.page.locator("#questions li[data-answered=true]")).to_have_count(1)
    member.page.locator("[data-reaction=idea]").click()
    expect(member.page.locator("[data-reaction=idea] .count")).to_have_text("1")
    album.take(member, "talk-questions")
    album.take(host, "talk-host-questions")
    opens(guest, "chat")
    album.take(guest, "talk-guest")
    opens(host, "chat")
    host.page.locator("#chat [data-about]").nth(1).click()
    album.take(host, "talk-about-message")
    host.page.keyboard.press("Escape")
    member.go(f"{scene.room}link/")
    album.take(member, "talk-link")
    assert album.wrong == []
