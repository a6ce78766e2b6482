"""Mute for me: what somebody wrote goes from one's own page at once, from nobody else's, and comes back."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.test_talk import HOST, MEMBER, asks, both, opens, reads, writes


def test_one_mutes_somebody_for_oneself_and_hears_from_them_again(scene: Scene, screenshots: Path) -> None:
    host, member = both(scene)
    opens(member, "chat")
    writes(host, "Of the host")
    writes(member, "Of the member")
    asks(host, "And who pays?")
    reads(member, "Of the host", "Of the member")
    member.page.get_by_role("button", name=f"About the message of {HOST}").click()
    member.page.get_by_role("button", name=f"About {HOST}", exact=True).click()
    expect(member.page.locator("#quiet-hint")).to_be_visible()
    for scheme in ("light", "dark"):
        member.page.emulate_media(color_scheme=scheme)
        member.page.screenshot(path=screenshots / f"mute-for-me-{scheme}-360.png")
    member.page.locator("#person-dialog").get_by_role("button", name="Mute for me").click()
    member.is_told(f"{HOST} is muted for you. On stage you still hear them.")
    reads(member, "Of the member")
    opens(member, "questions")
    expect(member.page.locator("#questions [data-text]")).to_have_count(0)
    opens(host, "chat")
    writes(host, "Written meanwhile")
    reads(host, "Of the host", "Of the member", "Written meanwhile")
    member.lose_socket()
    member.is_inside()
    opens(member, "chat")
    reads(member, "Of the member")
    member.does_to(HOST, "person.hear")
    member.is_told(f"You see again what {HOST} writes.")
    reads(member, "Of the host", "Of the member", "Written meanwhile")


def test_the_profile_page_mutes_and_the_list_takes_it_back(scene: Scene, screenshots: Path) -> None:
    scene.make(HOST, MEMBER, stage=(HOST,))
    member = scene.person(MEMBER, width=360)
    member.go("/people/?q=Ji-woo")
    member.page.get_by_role("link", name=HOST).first.click()
    member.page.get_by_role("button", name="Mute for me").click()
    expect(member.page.get_by_role("button", name="Unmute for me")).to_be_visible()
    member.page.screenshot(path=screenshots / "muted-profile-360.png")
    member.go("/me/muted/")
    expect(member.page.get_by_role("heading", name="People you muted")).to_be_visible()
    member.page.screenshot(path=screenshots / "muted-list-360.png")
    member.page.get_by_role("button", name="Unmute").click()
    expect(member.page.get_by_text("Nobody.")).to_be_visible()
