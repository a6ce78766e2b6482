"""A worker on a loopback address tells browsers the machine's own as well: Firefox sends nothing to the first."""

import pytest

from rooms.audio.transport.own_address import own_address
from rooms.audio.worker import Config
from tests.audio.client import Client
from tests.audio.conftest import Stage


def test_it_is_none_of_the_loopback_or_there_is_none() -> None:
    assert not own_address().startswith("127.")


@pytest.mark.parametrize(
    ("public_ip", "bind_ip", "tells"),
    [("127.0.0.1", "0.0.0.0", True), ("127.0.0.1", "127.0.0.1", False), ("203.0.113.5", "0.0.0.0", False)],
)
def test_it_is_told_where_only_this_machine_is_served(public_ip: str, bind_ip: str, tells: bool) -> None:
    assert Config(public_ip=public_ip, udp_port=0, bind_ip=bind_ip).tells_its_own_address is tells


async def test_whoever_sends_to_it_alone_is_heard() -> None:
    own = own_address()
    if not own:
        return  # in no network Firefox, too, has nothing but loopback
    stage = Stage(config=Config(public_ip="127.0.0.1", udp_port=0, bind_ip="0.0.0.0"))
    await stage.worker.start()

    async def exchange(sdp: str) -> str:
        answer = await stage.exchange("listener", sdp)
        return "".join(line for line in answer.splitlines(keepends=True) if not line.startswith("a=candidate:1 "))

    stage.present.add("listener")
    listener = Client(exchange)
    speaker = await stage.joined("speaker", tone=440)
    await listener.join()
    stage.allow("speaker")
    await listener.hears(440)
    for client in (listener, speaker):
        await client.close()
    stage.worker.stop()
    await stage.worker.run_until_stopped()
