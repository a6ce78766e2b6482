"""Guests: they hear a public room from its link, are known by a number, and are never on stage."""

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

HOST, MEMBER = "Ji-woo Han", "Lin Wei"
TONE = 440


def a_public_room(scene: Scene) -> Person:
    """Its host, who is heard."""
    scene.make(HOST, MEMBER, stage=(HOST,), visibility="public")
    host = scene.person(HOST, tone_hz=TONE)
    host.enter(scene.room)
    host.unmute()
    return host


def test_guests_hear_are_counted_and_listed_for_those_who_run_the_room_only(scene: Scene) -> None:
    host = a_public_room(scene)
    first, second, member = scene.person(), scene.person(), scene.person(MEMBER)
    for guest in (first, second):
        guest.enter(scene.room)
        guest.must_hear(TONE)
        expect(guest.page.locator("#main-button")).to_have_text("Ask to join MiTalk")
        assert guest.microphones() == []
    member.enter(scene.room)
    member.wait(lambda: member.listening() == 3, "three listen")
    expect(member.page.locator("#audience [data-person]")).to_have_count(1)
    assert "Guest" not in member.page.locator("#audience").inner_text()
    host.wait(lambda: sorted(host.found()) == ["Guest 1", "Guest 2", HOST, MEMBER], "everybody is listed by itself")
    assert host.finds("2") == ["Guest 2"]
    host.page.locator("#found [data-person]", has_text="Guest 2").locator("[data-open]").click()
    for never in ("stage.invite", "moderator.name", "host.hand_over"):
        expect(host.page.locator(f'#person-dialog button[value="{never}"]')).to_be_hidden()


def test_a_guest_keeps_their_number_over_a_reload_and_is_removed_and_banned(scene: Scene) -> None:
    host = a_public_room(scene)
    guest = scene.person()
    guest.enter(scene.room)
    host.wait(lambda: "Guest 1" in host.found(), "listed")
    guest.page.reload()
    guest.tap_in()
    host.wait(lambda: "Guest 1" in host.found() and "Guest 2" not in host.found(), "the same guest")
    host.does_to("Guest 1", "person.remove", where="#found", sure=True)
    guest.in_state("failed")
    guest.tap_in()
    guest.must_hear(TONE)
    host.does_to("Guest 1", "person.ban", where="#found", sure=True)
    guest.in_state("failed")
    guest.is_told("cannot come back")
    assert guest.hears().level < -60
    another_browser_of_theirs = scene.person()  # another cookie, the same network
    another_browser_of_theirs.go(scene.room)
    another_browser_of_theirs.page.locator("#main-button").click()
    another_browser_of_theirs.is_told("cannot come back")
    assert set(scene.roster()) == {HOST}


def test_a_room_for_members_asks_strangers_to_sign_in(scene: Scene) -> None:
    scene.make(HOST, stage=(HOST,))
    stranger = scene.person()
    stranger.go(scene.room)
    stranger.page.wait_for_url("**/accounts/login/**")
