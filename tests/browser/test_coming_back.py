"""Reload, close, lose the socket, lose the worker, come back: one entry in the roster, the same place."""

from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

TONE = 440


def sound_went_on(listener: Person, before: dict[str, float]) -> None:
    """The same peer, and not a tenth of a second made up."""
    after = listener.received()
    assert listener.page.evaluate("() => window.testPeers.length") == 1
    assert after["ssrc"] == before["ssrc"]
    assert after["packetsLost"] == before["packetsLost"]
    assert after["concealedSamples"] - before["concealedSamples"] < 4_800


def test_a_reload_keeps_the_place_and_comes_back_muted(scene: Scene) -> None:
    host, listener = scene.one_speaks_another_listens(TONE)
    host.page.reload()
    listener.must_hear_silence()
    host.tap_in()
    expect(host.page.locator('[data-microphone="muted"]')).to_have_count(1)
    listener.sees_on_stage("Ji-woo Han")
    host.unmute()
    listener.must_hear(TONE)


def test_a_lost_socket_heals_by_itself_and_the_sound_goes_on(scene: Scene) -> None:
    host, listener = scene.one_speaks_another_listens(TONE)
    before = listener.received()
    host.lose_socket()
    listener.lose_socket()
    host.in_state("reconnecting")
    host.is_inside()
    listener.is_inside()
    listener.must_hear(TONE)
    listener.sees_on_stage("Ji-woo Han")
    sound_went_on(listener, before)
    assert host.page.evaluate("() => window.testPeers.length") == 1
    expect(host.page.locator('[data-microphone="live"]')).to_have_count(1)


def test_closing_the_page_leaves_the_roster_and_coming_back_finds_the_place(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    host, listener = scene.person("Ji-woo Han"), scene.person("Lin Wei")
    host.enter(scene.room)
    listener.enter(scene.room)
    listener.sees_on_stage("Ji-woo Han")
    host.wait(lambda: host.listening() == 1, "one listener")
    host.context.close()
    listener.sees_on_stage()
    back = scene.person("Ji-woo Han")
    back.enter(scene.room)
    listener.sees_on_stage("Ji-woo Han")


def test_a_second_tab_takes_over(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    host, listener = scene.person("Ji-woo Han"), scene.person("Lin Wei")
    host.enter(scene.room)
    listener.enter(scene.room)
    second = scene.person("Ji-woo Han")
    second.enter(scene.room)
    host.in_state("elsewhere")
    listener.sees_on_stage("Ji-woo Han")


def test_leaving_goes_home_and_the_room_goes_on(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Amara Okafor", stage=("Ji-woo Han", "Lin Wei"))
    host, speaker = scene.person("Ji-woo Han"), scene.person("Lin Wei", tone_hz=TONE)
    listener = scene.person("Amara Okafor")
    for person in (host, speaker, listener):
        person.enter(scene.room)
    speaker.unmute()
    host.page.locator("#leave").click()
    host.page.wait_for_url("**/hallway/")
    listener.sees_on_stage("Lin Wei")
    listener.must_hear(TONE)


def test_a_killed_audio_worker_comes_back_and_the_room_is_heard_again(scene: Scene) -> None:
    host, listener = scene.one_speaks_another_listens(TONE)
    before = host.page.evaluate("() => window.testPeers.length")
    scene.installation.kill("audio")
    host.wait(lambda: host.page.evaluate("() => window.testPeers.length") > before, "a new negotiation", within=20)
    listener.must_hear(TONE, within=20)
    expect(host.page.locator('[data-microphone="live"]')).to_have_count(1)


def test_a_restarted_web_process_does_not_stop_the_sound(scene: Scene) -> None:
    host, listener = scene.one_speaks_another_listens(TONE)
    before = listener.received()
    scene.installation.kill("web")
    host.in_state("reconnecting")
    host.is_inside()
    listener.is_inside()
    listener.must_hear(TONE)
    sound_went_on(listener, before)


def test_a_refused_microphone_is_explained_and_one_stays_muted(scene: Scene) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    host = scene.person("Ji-woo Han", flags=("--deny-permission-prompts",))
    host.enter(scene.room)
    host.page.locator("#main-button").click()
    expect(host.page.get_by_role("alert")).not_to_be_empty()
    expect(host.page.locator('[data-microphone="muted"]')).to_have_count(1)


def test_a_hand_keeps_its_place_over_a_lost_socket_and_a_reload(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Amara Okafor", stage=("Ji-woo Han",))
    host, first, second = (
        scene.person("Ji-woo Han"),
        scene.person("Lin Wei", tone_hz=700),
        scene.person("Amara Okafor", tone_hz=TONE),
    )
    for person in (host, first, second):
        person.enter(scene.room)
    first.raise_hand("First come")
    second.raise_hand()
    first.lose_socket()
    first.is_inside()
    expect(first.page.locator("#main-button")).to_contain_text("1st in line")
    first.page.reload()
    expect(host.page.locator("#hands [data-person]")).to_have_count(2)
    first.tap_in()
    expect(first.page.locator("#main-button")).to_contain_text("1st in line")
    expect(second.page.locator("#main-button")).to_contain_text("2nd in line")
    host.page.locator("#hands [data-person]", has_text="Lin Wei").get_by_role("button", name="Invite").click()
    first.is_on_stage()
    first.unmute()
    host.must_hear(700)


def test_another_room_asks_before_a_seat_is_given_up_and_a_listener_just_goes(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Amara Okafor", stage=("Ji-woo Han", "Lin Wei"))
    speaker, listener = scene.person("Lin Wei", tone_hz=TONE), scene.person("Amara Okafor")
    other = scene.backstage("another_room", host_email=scene.address_of("Ji-woo Han"), title="The other room")
    speaker.enter(scene.room)
    listener.enter(scene.room)
    speaker.unmute()
    listener.must_hear(TONE)
    second_page = scene.person("Lin Wei")
    second_page.go(f"/r/{other}/")
    second_page.page.locator("#main-button").click()
    expect(second_page.page.locator("#other-title")).to_have_text("Who pays for the second foundry?")
    second_page.page.get_by_role("button", name="Cancel").click()
    listener.must_hear(TONE)  # nothing was given up
    second_page.page.locator("#main-button").click()
    second_page.page.get_by_role("button", name="Leave it and enter here").click()
    second_page.is_inside()
    speaker.in_state("failed")
    speaker.is_told("You entered another room, so you left this one.")
    listener.must_hear_silence()
    listener.sees_on_stage()
    listener_elsewhere = scene.person("Amara Okafor")
    listener_elsewhere.enter(f"/r/{other}/")
    listener.in_state("failed")
    assert scene.roster() == {}


def test_the_host_is_gone_and_another_is_host_by_rule(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", "Amara Okafor", stage=("Ji-woo Han", "Lin Wei"))
    host, speaker, listener = scene.person("Ji-woo Han"), scene.person("Lin Wei"), scene.person("Amara Okafor")
    for person in (host, speaker, listener):
        person.enter(scene.room)
    host.context.close()
    listener.sees_on_stage("Lin Wei")
    assert scene.roster()["Lin Wei"]["role"] == "member"  # for a minute the seat and the room are the host's
    scene.backstage("time_passes", room=scene.room_id, seconds=60)
    listener.is_told("Lin Wei is the host now.")
    expect(speaker.page.locator("#end")).to_be_visible()
    back = scene.person("Ji-woo Han")
    back.enter(scene.room)
    expect(back.page.locator("#desk")).to_be_visible()  # as a moderator
    expect(back.page.locator("#end")).to_be_hidden()


def test_an_empty_stage_closes_the_room_after_a_while_and_everybody_is_told(scene: Scene) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",))
    host, listener = scene.person("Ji-woo Han"), scene.person("Lin Wei")
    host.enter(scene.room)
    listener.enter(scene.room)
    host.page.locator("#leave-stage").click()
    expect(listener.page.locator("#stage-empty")).to_be_visible()
    expect(listener.page.locator("#stage-empty")).to_contain_text("5 minutes")
    scene.backstage("sweep_empty_rooms", minutes=4)
    assert set(scene.roster()) == {"Ji-woo Han", "Lin Wei"}  # it goes on
    scene.backstage("sweep_empty_rooms", minutes=6)
    for person in (host, listener):
        person.in_state("ended")
