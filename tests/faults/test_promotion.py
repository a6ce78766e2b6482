"""Up and down ten times on the same peer: every packet of what one hears arrives, and nothing is left behind."""

from tests.faults.conftest import HOST, LISTENER, Hall

TALKS, ALSO = 440, 1000
TIMES = 10


async def test_ten_times_on_stage_and_back_no_packet_is_missing(hall: Hall) -> None:
    host, listener = await hall.enter(HOST, LISTENER)
    host.talk(ALSO)
    await host.unmute()
    await listener.hears(ALSO)
    heard, threads = listener.media.ear, hall.installation.threads("audio")
    heard.reset()
    answers = set()
    for _ in range(TIMES):
        await listener.command("hand.raise", line="")
        await host.command("stage.invite", person=listener.person)
        answers.add((await listener.command("media.offer", sdp=listener.media.offer()))["sdp"])
        await listener.unmute()
        listener.talk(TALKS)
        await host.hears(TALKS)
        await listener.command("stage.leave")
        listener.hush()
        await host.does_not_hear(TALKS)
        answers.add((await listener.command("media.offer", sdp=listener.media.offer()))["sdp"])
    await listener.hears(ALSO)
    assert (heard.lost, heard.refused) == (0, 0)
    assert heard.packets > TIMES * 20
    assert len({line for sdp in answers for line in sdp.splitlines() if line.startswith("a=ssrc:")}) == 1
    assert hall.installation.threads("audio") <= threads
