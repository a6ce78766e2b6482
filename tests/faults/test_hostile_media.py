"""Clients that try to be heard without leave: they renegotiate, add tracks, copy another's SSRC, name old connections."""

import pytest

from rooms.audio.transport.dtls import sha256_fingerprint
from tests.faults.conftest import HOST, LISTENER, SPEAKER, Hall

TALKS, ALSO = 440, 1000


async def test_a_listener_who_offers_to_send_and_sends_is_not_heard(hall: Hall) -> None:
    host, intruder, listener = await hall.enter(HOST, "Petra Roth", LISTENER)
    host.talk(ALSO)
    await host.unmute()
    intruder.talk(TALKS)
    assert await intruder.refused("mic.unmute") == "not_on_stage"
    await listener.hears(ALSO)
    await listener.stays_deaf_to(TALKS)
    await intruder.hears(ALSO)


async def test_who_was_moved_to_the_audience_gains_nothing_by_an_old_offer(hall: Hall) -> None:
    host, speaker, listener = await hall.enter(HOST, SPEAKER, LISTENER)
    old_offer = speaker.media.offer()
    assert "a=sendrecv" in old_offer
    speaker.talk(TALKS)
    await speaker.unmute()
    await listener.hears(TALKS)
    await host.command("person.move", person=speaker.person)
    await listener.does_not_hear(TALKS, within=1)
    answer = await speaker.command("media.offer", sdp=old_offer)
    assert "a=ice-lite" in answer["sdp"]
    await listener.stays_deaf_to(TALKS)
    assert await speaker.refused("stage.join") == "not_invited"


async def test_a_second_track_is_refused_and_the_first_goes_on(hall: Hall) -> None:
    _host, speaker, listener = await hall.enter(HOST, SPEAKER, LISTENER)
    speaker.talk(TALKS)
    await speaker.unmute()
    await listener.hears(TALKS)
    offer = speaker.media.offer()
    section = offer[offer.index("m=audio") :]
    assert await speaker.refused("media.offer", sdp=offer + section.replace("a=mid:0", "a=mid:1")) == "sdp_unsupported"
    await listener.hears(TALKS)


async def test_a_copied_ssrc_reaches_nobody_and_harms_nobody(hall: Hall) -> None:
    host, intruder, listener = await hall.enter(HOST, "Petra Roth", LISTENER)
    host.talk(ALSO)
    await host.unmute()
    await listener.hears(ALSO)
    intruder.media._ssrc, intruder.media._sequence = host.media._ssrc, host.media._sequence
    intruder.talk(TALKS)
    await listener.stays_deaf_to(TALKS)
    await listener.hears(ALSO)
    await intruder.hears(ALSO)


async def test_an_offer_that_claims_anothers_certificate_gets_no_sound(hall: Hall) -> None:
    host, listener = await hall.enter(HOST, LISTENER)
    host.talk(ALSO)
    await host.unmute()
    await listener.hears(ALSO)
    stranger = "AB:" * 31 + "AB"
    forged = listener.media.offer().replace(sha256_fingerprint(listener.media._certificate), stranger)
    await listener.command("media.offer", sdp=forged)
    await listener.receives_nothing(within=3)
    await listener.connect_again()
    await listener.hears(ALSO)  # the room went on


async def test_who_was_removed_comes_back_as_a_listener_whatever_connection_they_name(hall: Hall) -> None:
    host, speaker, listener = await hall.enter(HOST, SPEAKER, LISTENER)
    speaker.talk(TALKS)
    await speaker.unmute()
    await listener.hears(TALKS)
    await host.command("person.remove", person=speaker.person)
    await speaker.is_put_out()
    (back,) = await hall.enter(SPEAKER)
    assert hall.roster()[SPEAKER]["position"] == "audience"
    back.talk(TALKS)
    assert await back.refused("mic.unmute") == "not_on_stage"
    await listener.stays_deaf_to(TALKS)


async def test_who_was_banned_does_not_come_back(hall: Hall) -> None:
    host, speaker = await hall.enter(HOST, SPEAKER)
    await host.command("person.ban", person=speaker.person, reason="noise")
    await speaker.is_put_out()
    with pytest.raises(ConnectionError, match="banned"):
        await hall.visitor(SPEAKER).enter()
