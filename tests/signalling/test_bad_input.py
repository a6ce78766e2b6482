"""What a hostile page can send: a clear error with a stable code, and nobody else is harmed."""

import contextlib
import json

import pytest
from channels.db import database_sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from rooms.domain.errors import Code, Refused
from rooms.domain.messages import COMMANDS, MAX_FRAME_BYTES, Join
from rooms.signalling.codec import Incoming, Unreadable, decode
from rooms.signalling.limits import BURST, COMMANDS_A_SECOND, REFUSALS_BEFORE_CUT, FrameLimit, Verdict
from rooms.signalling.negotiate import sanitised
from tests.factories import a_live_room, a_member
from tests.signalling.page import a_page

make_room = database_sync_to_async(a_live_room)
make_member = database_sync_to_async(a_member)
ENTRY = {"protocol": 1, "muted": True, "resume": "", "leave_other": False, "as_staff": False, "accepts": ""}
JOIN = {"type": "room.join", "id": 1, "data": ENTRY}


def refused_with(text: str) -> Code:
    with pytest.raises(Unreadable) as refusal:
        decode(text)
    return refusal.value.code


def test_a_command_is_read() -> None:
    assert decode(json.dumps(JOIN)) == Incoming(1, Join(**ENTRY))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "null",
        "[]",
        "{}",
        '"room.join"',
        "{" * 5000,
        "[" * 16_000,
        '{"type": "ping", "id": 1, "data": {}} {}',
        '{"type": "ping", "id": NaN, "data": {}}',
        '{"type": "ping", "id": 1e9999, "data": {}}',
        '{"type": "ping", "id": true}',
        '{"type": "ping", "id": 0}',
        '{"type": "ping", "id": -1}',
        '{"type": "ping", "id": 2147483648}',
        '{"type": "ping", "id": 1.5}',
        '{"type": "ping", "id": "1"}',
        '{"type": "ping", "id": 1, "data": {"more": 1}}',
        '{"type": "ping", "id": 1, "data": []}',
        '{"type": "ping", "id": 1, "more": {}}',
        '{"type": "room.join", "id": 1, "data": {"protocol": 1}}',
        '{"type": "ping", "id": 1, "data": {"received": ' + "9" * 5000 + "}}",
        *(
            json.dumps({**JOIN, "data": ENTRY | wrong})
            for wrong in ({"protocol": "1"}, {"protocol": True}, {"muted": 1}, {"resume": None}, {"resume": "x" * 33})
        ),
        '{"type": "hands.policy", "id": 1, "data": {"policy": "friends"}}',
        '{"type": "hand.raise", "id": 1, "data": {"line": "' + "x" * 141 + '"}}',
        '{"type": "media.offer", "id": 1, "data": {"sdp": null}}',
        '{"type": "person.mute", "id": 1, "data": {"person": "a\\u0000b"}}',
        '{"type": "media.offer", "id": 1, "data": {"sdp": "\\ud800"}}',
    ],
)
def test_what_is_no_command_is_malformed(text: str) -> None:
    assert refused_with(text) is Code.MESSAGE_MALFORMED


@pytest.mark.parametrize(
    "kind", ["room.destroy", "", "__class__", "hello", "stage.seated", "receive", None, 1, ["ping"], {}]
)
def test_a_type_that_is_not_declared_chooses_no_handler(kind: object) -> None:
    assert refused_with(json.dumps({"type": kind, "id": 1, "data": {}})) is Code.MESSAGE_UNKNOWN


def test_over_sixteen_kibibytes_is_too_large_in_bytes_too() -> None:
    assert refused_with("x" * (MAX_FRAME_BYTES + 1)) is Code.MESSAGE_TOO_LARGE
    assert refused_with("语" * (MAX_FRAME_BYTES // 2)) is Code.MESSAGE_TOO_LARGE


@given(st.text())
def test_any_text_is_refused_or_read(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(decode(text), Incoming)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_data_is_refused_or_read(data: object) -> None:
    for kind in COMMANDS:
        with contextlib.suppress(Unreadable):
            assert isinstance(decode(json.dumps({"type": kind, "id": 1, "data": data})), Incoming)


def test_who_speaks_too_fast_is_refused_then_cut_and_forgiven_with_time() -> None:
    limit = FrameLimit()
    verdicts = [limit.take(100.0) for _ in range(int(BURST) + REFUSALS_BEFORE_CUT + 1)]
    assert verdicts[: int(BURST)] == [Verdict.PASS] * int(BURST)
    assert set(verdicts[int(BURST) : -1]) == {Verdict.REFUSE}
    assert verdicts[-1] is Verdict.CUT
    assert limit.take(100.0 + 2 / COMMANDS_A_SECOND) is Verdict.PASS


@given(st.lists(st.floats(0, 10), max_size=200))
def test_a_limit_passes_no_more_than_burst_and_rate(waits: list[float]) -> None:
    limit, now, passed = FrameLimit(), 0.0, 0
    for wait in waits:
        now += wait
        passed += limit.take(now) is Verdict.PASS
    assert passed <= BURST + now * COMMANDS_A_SECOND + 1


AUDIO = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("", Code.SDP_INVALID),
        ("nothing", Code.SDP_INVALID),
        ("v=0\r\n", Code.SDP_INVALID),
        (AUDIO + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", Code.SDP_UNSUPPORTED),
        (AUDIO + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", Code.SDP_UNSUPPORTED),
        (AUDIO.replace("audio", "video"), Code.SDP_UNSUPPORTED),
        (AUDIO.replace("audio", "application"), Code.SDP_UNSUPPORTED),
        (AUDIO + "a=candidate:1 x\r\n" * 500, Code.SDP_TOO_LARGE),
    ],
)
def test_an_offer_that_is_not_ours_is_refused(sdp: str, code: Code) -> None:
    with pytest.raises(Refused) as refusal:
        sanitised(sdp)
    assert refusal.value.code is code


def test_candidates_are_left_behind() -> None:
    candidates = "".join(f"a=candidate:{n} 1 udp 1 192.0.2.{n % 250} {n + 1} typ host\r\n" for n in range(300))
    assert sanitised(AUDIO + candidates) == AUDIO


@pytest.mark.django_db(transaction=True)
class TestThroughTheSocket:
    async def test_each_is_answered_and_the_socket_goes_on(self, live: None) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        for text, code in (
            ("nonsense", "message_malformed"),
            (b"\x00\x01", "message_malformed"),
            ('{"type": "room.destroy", "id": 7, "data": {}}', "message_unknown"),
            ("x" * 20_000, "message_too_large"),
            ("x" * 900_000, "message_too_large"),
        ):
            await page.send(text)
            assert (await page.until("error"))["code"] == code
        await page.join()

    async def test_a_flood_is_cut_off_and_the_others_notice_nothing(self, live: None) -> None:
        room = await make_room()
        host, flooder = await a_page(room, room.host), await a_page(room, await make_member())
        await host.join()
        await flooder.join()
        for _ in range(5 * (int(BURST) + REFUSALS_BEFORE_CUT)):  # a slow machine reads as fast as more is allowed
            await flooder.send('{"type": "ping", "id": 1, "data": {"received": 0}}')
        codes = []
        while (frame := await flooder.next())["type"] != "closed":
            codes.append(frame.get("code", "ok"))
        assert frame["code"] == 4429
        assert {"ok", "too_many_messages"} <= set(codes)
        assert (await host.command("mic.unmute"))["type"] == "ok"

    async def test_an_offer_of_ten_thousand_lines_is_too_large(self, live: None) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        await page.send(json.dumps({"type": "media.offer", "id": 5, "data": {"sdp": AUDIO + "a=x\r\n" * 10_000}}))
        assert (await page.until("error"))["code"] == "message_too_large"

    async def test_an_offer_of_five_hundred_candidates_is_too_large(self, live: None) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        answer = await page.command("media.offer", sdp=AUDIO + "a=candidate:1 x\r\n" * 500)
        assert answer["code"] == "sdp_too_large"
        assert (await page.command("mic.unmute"))["type"] == "ok"

    async def test_an_offer_of_video_is_refused_and_the_room_goes_on(self, live: None) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        answer = await page.command("media.offer", sdp=AUDIO.replace("audio", "video"))
        assert answer["code"] == "sdp_unsupported"
        assert (await page.command("mic.unmute"))["type"] == "ok"
