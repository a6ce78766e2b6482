"""Hands and the two keys: four browsers, real microphones, and what each of them hears."""

import json

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import Scene
from tests.browser.person import Person

HOST, FIRST, SECOND, LISTENER = "Ji-woo Han", "Lin Wei", "Amara Okafor", "Petra Roth"
HOSTS_TONE, FIRSTS_TONE = 440, 1000


def four_people(scene: Scene, **room) -> tuple[Person, Person, Person, Person]:
    """A host and three listeners, all inside."""
    scene.make(HOST, FIRST, SECOND, LISTENER, stage=(HOST,), **room)
    people = (
        scene.person(HOST, tone_hz=HOSTS_TONE),
        scene.person(FIRST, tone_hz=FIRSTS_TONE),
        scene.person(SECOND, tone_hz=700),
        scene.person(LISTENER),
    )
    for person in people:
        person.enter(scene.room)
    return people


class HeldAnswers:
    """The answers to a person's commands, kept from their page for as long as a test wants; events go on."""

    def __init__(self) -> None:
        self._holds = False
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []

    def between(self, page: WebSocketRoute) -> None:
        """Stand between a page and the server."""
        page.connect_to_server().on_message(lambda frame: self._pass(page, frame))

    def hold(self) -> None:
        """Keep what comes from now on."""
        self._holds = True

    def let_go(self) -> None:
        """Pass on what was kept."""
        self._holds = False
        while self._kept:
            page, frame = self._kept.pop(0)
            page.send(frame)

    def _pass(self, page: WebSocketRoute, frame: str | bytes) -> None:
        if self._holds and json.loads(frame)["type"] == "ok":
            self._kept.append((page, frame))
        else:
            page.send(frame)


def held_answers(person: Person) -> HeldAnswers:
    """To be called before the person enters."""
    answers = HeldAnswers()
    person.page.route_web_socket("**/ws/**", answers.between)
    return answers


def hands(host: Person) -> list[str]:
    return [name.strip() for name in host.page.locator("#hands [data-name]").all_inner_texts()]


def test_a_hand_and_an_invitation_make_a_speaker_who_is_heard(scene: Scene) -> None:
    host, first, second, listener = four_people(scene)
    assert first.microphones() == []
    first.raise_hand("We run this in production")
    second.raise_hand()
    assert first.microphones() == ["live"]
    expect(first.page.locator("#main-button")).to_contain_text("1st in line")
    expect(second.page.locator("#main-button")).to_contain_text("2nd in line")
    host.wait(lambda: hands(host) == [FIRST, SECOND], "both hands, in order")
    expect(host.page.locator("#hands")).to_contain_text("We run this in production")
    host.page.locator("#hands [data-person]", has_text=FIRST).get_by_role("button", name="Invite").click()
    first.is_on_stage()
    first.is_told("Ji-woo Han brought you on stage. You are muted.")
    expect(second.page.locator("#main-button")).to_contain_text("1st in line")
    host.wait(lambda: hands(host) == [SECOND], "the hand is down")
    assert not first.sends_audio() or listener.hears().level < -60  # muted until one unmutes
    first.unmute()
    listener.must_hear(FIRSTS_TONE)
    host.must_hear(FIRSTS_TONE)
    listener.sees_on_stage(HOST, FIRST)


def test_an_invitation_is_asked_about_and_declining_is_quiet(scene: Scene) -> None:
    host, first, second, _listener = four_people(scene)
    for guest in (first, second):
        host.wait(lambda: host.page.locator("#audience [data-person]").count() == 3, "three listeners")
        name = FIRST if guest is first else SECOND
        host.does_to(name, "stage.invite", where="#audience")
        guest.is_told("Ji-woo Han invites you onto the stage.")
    expect(host.page.locator("#invited [data-person]")).to_have_count(2)
    assert first.microphones() == []
    first.page.locator("#decline").click()
    expect(host.page.locator("#invited [data-person]")).to_have_count(1)
    expect(host.page.locator("#toast")).to_be_empty()
    first.button_does("raise")
    second.accept()
    expect(second.page.locator('[data-microphone="muted"]')).to_have_count(1)
    expect(host.page.locator("#invited [data-person]")).to_have_count(0)
    host.sees_on_stage(HOST, SECOND)


def test_whoever_acts_on_one_person_looks_at_the_next_while_the_answer_is_on_its_way(scene: Scene) -> None:
    scene.make(HOST, FIRST, SECOND, stage=(HOST,))
    host, first, second = (scene.person(name) for name in (HOST, FIRST, SECOND))
    answers = held_answers(host)
    for person in (host, first, second):
        person.enter(scene.room)
    host.wait(lambda: host.page.locator("#audience [data-person]").count() == 2, "two listeners")
    answers.hold()
    host.does_to(FIRST, "stage.invite", where="#audience")
    first.button_does("join")
    host.does_to(SECOND, "stage.invite", where="#audience")
    answers.let_go()
    second.button_does("join")


def test_the_microphone_is_let_go_when_the_hand_comes_down(scene: Scene) -> None:
    host, first, second, _listener = four_people(scene)
    first.raise_hand()
    second.raise_hand()
    assert first.microphones() == ["live"]
    first.page.locator("#main-button").click()
    first.button_does("raise")
    first.wait(lambda: first.microphones() == ["ended"], "released")
    host.page.locator("#hands [data-person]", has_text=SECOND).get_by_role("button", name="Lower").click()
    second.is_told("Ji-woo Han lowered your hand.")
    second.wait(lambda: second.microphones() == ["ended"], "released")


def test_an_invitation_that_waits_and_a_hand_put_one_on_stage_and_a_withdrawn_one_does_not(scene: Scene) -> None:
    host, first, second, _listener = four_people(scene)
    host.wait(lambda: host.page.locator("#audience [data-person]").count() == 3, "three listeners")
    host.does_to(FIRST, "stage.invite", where="#audience")
    first.button_does("join")
    host.page.locator("#invited [data-person]", has_text=FIRST).get_by_role("button", name="Withdraw").click()
    first.button_does("raise")
    first.raise_hand()
    host.does_to(SECOND, "stage.invite", where="#audience")
    second.accept()
    host.sees_on_stage(HOST, SECOND)


def test_the_policy_decides_who_may_raise_a_hand(scene: Scene) -> None:
    host, first, second, _listener = four_people(scene)
    host.page.locator("#hand-policy").select_option("nobody")
    expect(first.page.locator("#main-button")).to_have_text("Hands are closed")
    expect(first.page.locator("#button-hint")).to_contain_text("can open them")
    host.page.locator("#hand-policy").select_option("followed")
    scene.backstage("follow", follower=scene.address_of(HOST), followed=scene.address_of(FIRST))
    first.button_does("raise")
    first.raise_hand("You follow me")
    second.page.locator("#main-button").click()
    second.page.locator("#hand-dialog button[value=yes]").click()
    second.is_told("Only people whom somebody on stage follows")
    second.wait(lambda: second.microphones() == ["ended"], "the microphone is released")
    host.wait(lambda: hands(host) == [FIRST], "one hand")


def test_ten_times_on_stage_and_back_without_one_lost_sample(scene: Scene) -> None:
    """The host talks all the time; whoever goes up and down hears them without a gap, by the browser's own account."""
    scene.make(HOST, FIRST, stage=(HOST,))
    host, first = scene.person(HOST, tone_hz=HOSTS_TONE), scene.person(FIRST, tone_hz=FIRSTS_TONE)
    host.enter(scene.room)
    host.unmute()
    first.enter(scene.room)
    first.must_hear(HOSTS_TONE)
    first.raise_hand()
    before, threads = first.received(), scene.installation.threads("audio")
    for turn in range(10):
        if turn:
            first.raise_hand()
        host.page.locator("#hands [data-person]", has_text=FIRST).get_by_role("button", name="Invite").click()
        first.is_on_stage()
        first.unmute()
        host.must_hear(FIRSTS_TONE)
        first.page.locator("#leave-stage").click()
        first.is_in_the_audience()
        first.button_does("raise")
    after = first.received()
    first.must_hear(HOSTS_TONE)
    assert first.page.evaluate("() => window.testPeers.length") == 1
    assert after["ssrc"] == before["ssrc"]
    assert after["packetsLost"] == before["packetsLost"]
    # A tenth of a second each time would be 48,000; a busy machine's sound card makes up less. tests/faults counts packets.
    assert after["concealedSamples"] - before["concealedSamples"] < 48_000
    assert after["packetsReceived"] - before["packetsReceived"] > 300
    assert scene.installation.threads("audio") <= threads
