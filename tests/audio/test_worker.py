"""The worker with real clients: ICE, DTLS, SRTP and Opus on loopback, asserted on the sound that arrives."""

import asyncio
import dataclasses
import socket

import pytest

from rooms.audio import reconcile, wire
from tests.audio.conftest import Stage

LOW, MIDDLE, HIGH = 440, 1000, 1800


async def test_a_listener_hears_the_speaker_and_the_speaker_does_not_hear_themselves(stage: Stage) -> None:
    speaker, listener = await stage.joined("speaker", tone=LOW), await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    assert speaker.level_at(LOW) < -60


async def test_three_people_each_hear_the_others(stage: Stage) -> None:
    tones = {"low": LOW, "middle": MIDDLE, "high": HIGH}
    people = {name: await stage.joined(name, tone=tone) for name, tone in tones.items()}
    audience = await stage.joined("audience")
    stage.allow(*people)
    for tone in tones.values():
        await audience.hears(tone)
    for name, person in people.items():
        others = [tone for other, tone in tones.items() if other != name]
        for tone in others:
            await person.hears(tone)
        assert all(person.level_at(tone) - person.level_at(tones[name]) > 30 for tone in others)


async def test_muting_is_heard_at_once_though_the_client_goes_on_sending(stage: Stage) -> None:
    speaker, listener = await stage.joined("speaker", tone=LOW), await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    stage.allow()
    await listener.hears_nothing(within=1)
    accepted = stage.members()["speaker"].peer.accepted
    await stage.until(lambda: stage.members()["speaker"].peer.accepted > accepted + 10)
    assert listener.level() < -60
    assert speaker.voice is not None


async def test_a_lost_command_is_made_good_by_the_database(stage: Stage) -> None:
    await stage.joined("speaker", tone=LOW)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    stage.version += 1
    stage.may_speak.clear()  # nothing is sent over the bus
    await listener.hears_nothing(within=1.5)


async def test_an_old_stage_changes_nothing(stage: Stage) -> None:
    await stage.joined("speaker", tone=LOW)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    stage.allow()
    stage.send(wire.Stage("room", 1, ("speaker",)))
    await listener.hears_nothing()
    assert stage.media.engine.rooms["room"].session.may_speak == frozenset()


async def test_without_leave_of_the_roster_nothing_is_decoded(stage: Stage) -> None:
    await stage.joined("speaker", tone=LOW)
    listener = await stage.joined("listener")
    member = stage.members()["speaker"]
    await stage.until(lambda: member.peer.accepted > 20)
    assert not stage.media.engine.rooms["room"].speakers
    await listener.hears_nothing()


async def test_while_the_database_is_away_the_last_roster_stands_and_nobody_is_promoted(stage: Stage) -> None:
    await stage.joined("speaker", tone=LOW)
    await stage.joined("other", tone=HIGH)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    stage.database_is_away = True
    stage.may_speak.add("other")
    stage.version += 1
    await stage.ticks(60)
    await listener.hears(LOW)
    assert listener.level_at(HIGH) < -60


@pytest.mark.parametrize("told", [True, False], ids=["told", "the message is lost"])
async def test_who_is_off_the_roster_receives_nothing_after_a_second(stage: Stage, told: bool) -> None:
    await stage.joined("speaker", tone=LOW)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    stage.present.discard("listener")
    if told:
        stage.send(wire.Hangup("room", "listener"))
    await stage.until(lambda: "listener" not in stage.members(), within=1)
    await asyncio.sleep(0)
    frames = listener.frames
    await stage.ticks(25)
    assert listener.frames <= frames + 25  # what its own jitter buffer still held
    assert set(stage.members()) == {"speaker"}


async def test_who_has_a_place_and_no_sound_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "NO_PEER_SECONDS", 0.2)
    monkeypatch.setattr(reconcile, "NOT_CONNECTED_SECONDS", 0.6)
    await stage.joined("member")
    stage.present.add("silent")
    half = stage.client("half way")
    half.connection.addTransceiver("audio", direction="recvonly")
    await half.connection.setLocalDescription(await half.connection.createOffer())
    await stage.exchange("half way", half.connection.localDescription.sdp)  # and nothing after it
    await stage.until(lambda: "silent" in stage.silent)
    assert "half way" not in stage.silent
    await stage.until(lambda: "half way" in stage.silent)
    assert "member" not in stage.silent


async def test_going_on_stage_renegotiates_the_same_peer_without_a_lost_packet(stage: Stage) -> None:
    await stage.joined("speaker", tone=LOW)
    listener = await stage.joined("listener")
    stage.allow("speaker")
    await listener.hears(LOW)
    before = stage.members()["listener"].peer
    ssrc = before.stream.ssrc
    offer = listener.connection.localDescription.sdp.replace("a=recvonly", "a=sendrecv")
    answer = await stage.exchange("listener", offer)
    assert "a=sendrecv" in answer
    assert f"a=ssrc:{ssrc} " in answer
    assert stage.members()["listener"].peer is before
    assert before.sends
    await listener.hears(LOW)


async def test_a_new_connection_of_the_same_person_replaces_the_old(stage: Stage) -> None:
    first = await stage.joined("first")
    second = stage.client("second")
    second._exchange = lambda sdp: _answer(stage, "second", sdp)  # the same person by another connection
    link = stage.worker.rooms["room"]["first"].link
    stage.worker.rooms["room"]["first"].link = dataclasses.replace(link, person="one person")
    await second.join()
    await stage.until(lambda: set(stage.members()) == {"second"})
    assert first is not second


async def _answer(stage: Stage, name: str, sdp: str) -> str:
    reply = await stage.offer(name, sdp, person="one person")
    assert isinstance(reply, wire.Answer)
    return reply.sdp


async def test_a_client_that_dies_is_noticed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from rooms.audio.transport import ice_lite

    # The promise is 15 s; aiortc checks every 5 s, so this notices.
    monkeypatch.setattr(ice_lite, "CONSENT_SECONDS", 0.5)
    await stage.joined("listener")

    def lost() -> list[wire.Message]:
        return [wire.decode(message) for _topic, message in stage.published if message["kind"] == "media_lost"]

    await stage.until(lambda: lost() == [wire.MediaLost("room", "listener", 1, stage.config.worker_id)])
    assert "listener" not in stage.members()


async def test_who_speaks_is_told(stage: Stage) -> None:
    speaker = await stage.joined("speaker", tone=LOW)
    await stage.joined("listener")
    stage.allow("speaker")

    def said() -> list[tuple[str, ...]]:
        told = [message["people"] for _topic, message in stage.published if message["kind"] == "speaking"]
        return [people for number, people in enumerate(told) if number == 0 or people != told[number - 1]]

    await stage.until(lambda: said() == [("speaker",)])
    assert speaker.voice is not None
    speaker.voice.on = False
    await stage.until(lambda: said() == [("speaker",), ()])


async def test_a_speaker_of_whom_nothing_comes_is_noticed_in_two_seconds_and_so_is_the_first_packet_after(
    stage: Stage,
) -> None:
    await stage.joined("speaker", tone=LOW)
    silent = stage.client("silent", tone=HIGH)
    await silent.join(direction="recvonly")
    stage.allow("speaker", "silent")

    def told() -> list[wire.Message]:
        return [wire.decode(message) for _topic, message in stage.published if message["kind"] == "unheard"]

    await stage.until(lambda: told() == [wire.Unheard("room", "silent", unheard=True, epoch=1)], within=3.5)
    await silent.go_on_stage()
    await stage.until(lambda: told()[1:] == [wire.Unheard("room", "silent", unheard=False, epoch=1)])


async def test_candidates_in_an_offer_are_never_contacted(stage: Stage) -> None:
    victim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    victim.bind(("127.0.0.1", 0))
    victim.setblocking(False)
    port = victim.getsockname()[1]
    listener = stage.client("listener")
    listener.connection.addTransceiver("audio", direction="recvonly")
    await listener.connection.setLocalDescription(await listener.connection.createOffer())
    offer = listener.connection.localDescription.sdp
    candidates = "".join(f"a=candidate:{n} 1 udp {2**31 - n} 127.0.0.1 {port} typ host\r\n" for n in range(150))
    await stage.exchange("listener", offer + candidates)
    await stage.ticks(50)
    with pytest.raises(BlockingIOError):
        victim.recv(1)
    victim.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sdp: sdp.replace("m=audio", "m=video"), "sdp_unsupported"),
        (lambda sdp: sdp + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", "sdp_unsupported"),
        (lambda sdp: sdp + "a=x\r\n" * 10_000, "sdp_too_large"),
        (lambda sdp: sdp.replace("a=fingerprint:sha-256", "a=fingerprint:md5"), "sdp_invalid"),
        (lambda sdp: "", "sdp_invalid"),
        (lambda sdp: "x" * 1_000_000, "sdp_too_large"),
    ],
)
async def test_an_offer_that_is_not_ours_is_refused_and_a_call_goes_on(stage: Stage, change, code: str) -> None:
    listener = await stage.joined("listener")
    sdp = change(listener.connection.localDescription.sdp.replace("sha-384", "md5").replace("sha-512", "md5"))
    reply = await stage.offer("listener", sdp)
    assert isinstance(reply, wire.OfferRefused)
    assert reply.code == code
    assert "listener" in stage.members()


async def test_a_full_worker_says_so(stage: Stage) -> None:
    listener = await stage.joined("listener")
    stage.worker._callers.most_peers = 1
    reply = await stage.offer("another", listener.connection.localDescription.sdp)
    assert isinstance(reply, wire.OfferRefused)
    assert reply.code == "worker_full"


async def test_malformed_messages_on_the_bus_are_passed_over(stage: Stage) -> None:
    receive = stage._receivers[wire.worker_topic(stage.config.worker_id)]
    for message in ({}, {"kind": "nothing"}, {"kind": "offer"}, {"kind": "stage", "room": 1}, {"kind": []}):
        receive(message)
    await stage.joined("listener")
