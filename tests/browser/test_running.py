"""Running a room: what those who run it do, what everybody sees, and what is heard afterwards."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

HOST, SPEAKER, LISTENER, MODERATOR = "Ji-woo Han", "Lin Wei", "Amara Okafor", "Petra Roth"
TONE = 1000
EVERYTHING = (
    "you.changed", "stage.muted", "stage.unseated", "stage.seated", "room.frozen", "room.ended", "error", "media.restart",
)  # fmt: skip


def three_people(scene: Scene, **room) -> tuple[Person, Person, Person]:
    """A host, a speaker who is heard, and a listener who hears them."""
    scene.make(HOST, SPEAKER, LISTENER, MODERATOR, stage=(HOST, SPEAKER), **room)
    host, speaker, listener = scene.person(HOST), scene.person(SPEAKER, tone_hz=TONE), scene.person(LISTENER)
    for person in (host, speaker, listener):
        person.enter(scene.room)
    speaker.unmute()
    listener.must_hear(TONE)
    return host, speaker, listener


def test_muted_by_the_host_and_only_oneself_unmutes(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.does_to(SPEAKER, "person.mute")
    listener.must_hear_silence(within=2)
    speaker.is_told("Ji-woo Han muted you.")
    speaker.button_does("unmute")
    host.page.locator("#stage [data-person]", has_text=SPEAKER).locator("[data-open]").click()
    expect(host.page.locator('#person-dialog button[value="person.mute"]')).to_be_hidden()
    host.page.keyboard.press("Escape")
    speaker.unmute()
    listener.must_hear(TONE)


def test_a_page_that_ignores_all_it_is_told_is_not_heard(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    speaker.ignores(*EVERYTHING)
    host.does_to(SPEAKER, "person.move")
    listener.must_hear_silence(within=2)
    sent = speaker.sent_packets()
    speaker.wait(lambda: speaker.sent_packets() > sent + 50, "it goes on sending")
    assert listener.hears().level < -60
    listener.sees_on_stage(HOST)


def test_moved_to_the_audience_one_listens_on_and_raises_a_hand(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.does_to(SPEAKER, "person.move")
    speaker.is_told("Ji-woo Han moved you to the audience.")
    listener.must_hear_silence(within=2)
    speaker.button_does("raise")
    speaker.wait(lambda: "live" not in speaker.microphones(), "the microphone is released")
    speaker.page.reload()
    speaker.tap_in()  # sent down, one does not sit there again by entering
    listener.sees_on_stage(HOST)


def test_removed_one_is_told_by_whom_and_may_come_back_to_listen(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.does_to(SPEAKER, "person.remove", sure=True)
    speaker.in_state("failed")
    speaker.is_told("Ji-woo Han")
    listener.must_hear_silence(within=2)
    assert speaker.hears().level < -60
    speaker.tap_in()
    speaker.button_does("raise")
    listener.sees_on_stage(HOST)


def test_a_ban_holds_and_reaches_one_who_has_left(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.does_to(SPEAKER, "person.ban", sure=True)
    speaker.in_state("failed")
    speaker.is_told("cannot come back")
    speaker.page.locator("#main-button").click()
    speaker.is_told("cannot come back")
    listener.must_hear_silence(within=2)
    listener.page.locator("#leave").click()
    listener.page.wait_for_url("**/hallway/")
    host.wait(lambda: host.finds("amara") == [LISTENER], "found though gone")
    expect(host.page.locator("#found")).to_contain_text("has left")
    host.does_to(LISTENER, "person.ban", where="#found", sure=True)
    expect(host.page.locator("#found")).to_contain_text("banned")
    listener.go(scene.room)
    listener.page.locator("#main-button").click()
    listener.is_told("cannot come back")


def test_a_locked_stage_admits_nobody_and_reset_clears_it(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.page.locator("#lock-stage").click()
    expect(listener.page.locator("#locked-chip")).to_be_visible()
    listener.is_told("Ji-woo Han locked the stage.")
    host.page.locator("#lock-stage").click()
    expect(listener.page.locator("#locked-chip")).to_be_hidden()
    host.page.locator("#reset-stage").click()
    host.page.locator("#confirm-yes").click()
    listener.sees_on_stage(HOST)
    speaker.is_told("Ji-woo Han moved you to the audience.")
    listener.must_hear_silence(within=2)


def test_a_moderator_is_named_runs_the_room_and_is_dismissed(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.wait(lambda: host.page.locator("#audience [data-person]").count() == 1, "a listener")
    host.does_to(LISTENER, "moderator.name", where="#audience")
    listener.is_told("Ji-woo Han made you a moderator.")
    expect(listener.page.locator("#desk")).to_be_visible()
    listener.does_to(SPEAKER, "person.mute")
    speaker.is_told("Amara Okafor muted you.")
    listener.page.locator("#stage [data-person]", has_text=HOST).locator("[data-open]").click()
    expect(listener.page.locator('#person-dialog button[value="person.remove"]')).to_be_hidden()
    listener.page.keyboard.press("Escape")
    host.finds()
    host.does_to(LISTENER, "moderator.dismiss", where="#found")
    listener.is_told("Ji-woo Han dismissed you as moderator.")
    expect(listener.page.locator("#desk")).to_be_hidden()


def test_handed_over_the_other_ends_the_room(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    host.does_to(SPEAKER, "host.hand_over", sure=True)
    listener.is_told("Lin Wei is the host now.")
    expect(host.page.locator("#end")).to_be_hidden()
    expect(host.page.locator("#desk")).to_be_visible()  # a moderator now
    speaker.page.locator("#end").click()
    speaker.page.locator("#confirm-yes").click()
    for person in (host, listener):
        person.in_state("ended")
    expect(listener.page.locator("#ended")).to_contain_text("Lin Wei ended this room.")
    assert listener.hears().level < -60


def test_a_report_keeps_the_moment_and_a_block_keeps_one_out(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    listener.page.locator("#stage [data-person]", has_text=SPEAKER).locator("[data-open]").click()
    listener.page.locator('#person-dialog button[value="person.report"]').click()
    listener.page.locator("#report-category").select_option("harassment")
    listener.page.locator("#report-line").fill("They named a patient")
    listener.page.locator("#report-dialog button[value=yes]").click()
    listener.is_told("Thank you.")
    (report,) = scene.backstage("reports", room=scene.room_id)
    assert (report["category"], report["line"], report["target"]) == ("harassment", "They named a patient", SPEAKER)
    assert [row["muted"] for row in report["stage"]] == [True, False]
    host.does_to(SPEAKER, "person.block", sure=True)
    host.is_told("Lin Wei is blocked.")
    listener.sees_on_stage(HOST, SPEAKER)  # nobody is shut out in silence of a room they are in
    speaker.page.locator("#leave").click()
    speaker.page.wait_for_url("**/hallway/")
    speaker.go(scene.room)
    speaker.page.locator("#main-button").click()
    speaker.is_told("The host of this room does not admit you.")


def test_signing_out_and_being_suspended_are_heard(scene: Scene) -> None:
    host, speaker, listener = three_people(scene)
    elsewhere = speaker.context.new_page()
    elsewhere.goto("/accounts/logout/")
    elsewhere.locator("main form button[type=submit]").click()
    listener.must_hear_silence(within=2)
    speaker.in_state("failed")
    speaker.is_told("You are signed out.")
    host.sees_on_stage(HOST)
    scene.backstage("suspend", email=scene.address_of(LISTENER))
    listener.in_state("failed")
    assert set(scene.roster()) == {HOST}


def test_staff_come_openly_pause_say_something_and_end(scene: Scene) -> None:
    host, speaker, listener = three_people(scene, staff=[MODERATOR])
    staff = scene.person(MODERATOR)
    staff.go(scene.room)
    staff.page.locator("#as-staff").check()
    staff.tap_in()
    for person in (host, listener):
        expect(person.page.locator("#staff")).to_contain_text(MODERATOR)
    staff.must_hear(TONE)
    staff.page.locator("#freeze-reason").fill("A threat was made")
    staff.page.locator("#freeze").click()
    listener.must_hear_silence(within=2)
    expect(listener.page.locator("#frozen-notice")).to_be_visible()
    expect(speaker.page.locator("#main-button")).to_have_text("Paused by staff")
    staff.page.locator("#message-text").fill("We look into it")
    staff.page.locator("#message-form button").click()
    expect(listener.page.locator("#notice")).to_contain_text("We look into it")
    staff.page.locator("#freeze").click()
    speaker.button_does("unmute")
    assert listener.hears().level < -60
    speaker.unmute()
    listener.must_hear(TONE)
    staff.page.locator("#end").click()
    staff.page.locator("#confirm-yes").click()
    listener.in_state("ended")
    (frozen,) = scene.backstage("audit", act="room.freeze", room=scene.room_id)
    assert (frozen["actor"], frozen["reason"]) == (MODERATOR, "A threat was made")
    (gone_on,) = scene.backstage("audit", act="room.unfreeze", room=scene.room_id)
    assert gone_on["reason"] == ""


def test_the_host_is_told_that_two_meet_between_whom_a_block_stands(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Amara Okafor", stage=("Ji-woo Han", "Lin Wei"))
    scene.backstage("block", blocker=scene.address_of("Amara Okafor"), blocked=scene.address_of("Lin Wei"))
    host, speaker, listener = (scene.person(name) for name in ("Ji-woo Han", "Lin Wei", "Amara Okafor"))
    for person in (host, speaker, listener):
        person.enter(scene.room)
    told = host.page.locator("#conflicts li")
    expect(told).to_contain_text("A block stands between Amara Okafor and Lin Wei")
    host.page.screenshot(path=screenshots / "conflict.png", full_page=True)
    told.get_by_role("button", name="Put away").click()
    expect(told).to_have_count(0)
    for person in (speaker, listener):
        expect(person.page.locator("#conflicts li")).to_have_count(0)
