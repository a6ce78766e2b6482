"""The room through the real WebSocket application, bus and database."""

import asyncio

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from accounts import services as accounts
from rooms import events, selectors, services
from rooms.domain import messages
from rooms.models import Participant, Room
from rooms.signalling.consumer import CLOSE_GO_ELSEWHERE
from tests.factories import a_live_room, a_member, without_profile
from tests.fakes import RecordingBus
from tests.signalling.conftest import AnsweringWorker
from tests.signalling.page import Page, a_page, check_fields, cookie_of, eventually

pytestmark = pytest.mark.django_db(transaction=True)
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

make_room = database_sync_to_async(a_live_room)
make_member = database_sync_to_async(a_member)


async def test_the_host_enters_and_everybody_sees_them_unmute(worker: AnsweringWorker) -> None:
    room = await make_room()
    host, listener = await a_page(room, room.host), await a_page(room, await make_member("Lin Wei"))
    entered = await host.join()
    check_fields(messages.RoomSnapshot, entered["snapshot"])
    heard = await listener.join()
    assert [person["name"] for person in heard["snapshot"]["stage"]] == ["Ji-woo Han"]
    assert (await host.command("mic.unmute"))["type"] == "ok"
    event = await listener.until("stage.muted")
    assert event["data"] == {"person": entered["you"]["id"], "muted": False, "by": ""}
    assert event["seq"] == heard["snapshot"]["seq"] + 1


async def test_a_listener_cannot_unmute_or_end(live: None) -> None:
    room = await make_room()
    listener = await a_page(room, await make_member())
    await listener.join()
    assert (await listener.command("mic.unmute"))["code"] == "not_on_stage"
    assert (await listener.command("room.end"))["code"] == "not_allowed"


async def test_nothing_works_before_joining(live: None) -> None:
    room = await make_room()
    page = await a_page(room, room.host)
    for kind, data in (
        ("room.end", {}),
        ("mic.unmute", {}),
        ("room.sync", {}),
        ("media.offer", {"sdp": SDP}),
        ("room.leave", {}),
    ):
        assert (await page.command(kind, **data))["code"] == "not_joined"
    assert (await page.command("ping", received=0))["type"] == "ok"


async def test_another_protocol_is_told_to_reload(live: None) -> None:
    room = await make_room()
    page = await a_page(room, room.host)
    answer = await page.ask_to_join(protocol=messages.PROTOCOL + 1)
    assert (answer["code"], answer["fatal"]) == ("protocol_unsupported", True)


async def test_ending_tells_everybody_and_closes(live: None) -> None:
    room = await make_room()
    host, listener = await a_page(room, room.host), await a_page(room, await make_member())
    await host.join()
    await listener.join()
    await host.command("room.end")
    assert (await listener.until("room.ended"))["data"]["by"] == "Ji-woo Han"
    assert (await listener.until("error"))["code"] == "room_ended"
    assert (await listener.next())["code"] == 4410


async def test_leaving_closes_only_ones_own_socket_and_the_room_goes_on(live: None) -> None:
    room = await make_room()
    host, listener = await a_page(room, room.host), await a_page(room, await make_member())
    await host.join()
    await listener.join()
    assert (await host.command("room.leave"))["type"] == "ok"
    assert (await host.next())["code"] == 1000
    assert (await listener.until("stage.unseated"))["data"]
    assert (await listener.command("room.sync"))["data"]["snapshot"]["phase"] == "live"


async def test_a_second_tab_takes_over(worker: AnsweringWorker) -> None:
    room = await make_room()
    first = await a_page(room, room.host)
    entered = await first.join()
    second = await a_page(room, room.host)
    again = await second.join()
    assert again["you"]["id"] == entered["you"]["id"]
    assert (await first.until("error"))["code"] == "superseded"
    assert (await first.next())["code"] == 4409
    assert len(again["snapshot"]["stage"]) == 1


async def test_a_lost_socket_keeps_the_place(live: None) -> None:
    room = await make_room()
    page = await a_page(room, room.host)
    entered = await page.join()
    await page.close()
    back = await a_page(room, room.host)
    assert (await back.join())["you"]["id"] == entered["you"]["id"]
    assert await database_sync_to_async(Participant.objects.count)() == 1


async def test_a_page_that_lost_its_socket_keeps_its_connection_and_its_sound(worker: AnsweringWorker) -> None:
    room = await make_room()
    page = await a_page(room, room.host)
    entered = await page.join()
    await page.command("media.offer", sdp=SDP)
    back = await a_page(room, room.host)
    again = await back.join(resume=entered["connection"])
    assert again["connection"] == entered["connection"]
    assert entered["connection"] not in {hangup.connection for hangup in worker.hangups}
    await page.close()  # the old socket is noticed late, and is not believed
    assert (await back.command("mic.unmute"))["type"] == "ok"
    seen = await database_sync_to_async(lambda: Participant.objects.get().last_seen_at)()
    assert (timezone.now() - seen).total_seconds() < 5


async def test_nobody_resumes_another_persons_connection(worker: AnsweringWorker) -> None:
    room = await make_room()
    host, thief = await a_page(room, room.host), await a_page(room, await make_member())
    entered = await host.join()
    stolen = await thief.join(resume=entered["connection"])
    assert stolen["connection"] != entered["connection"]
    assert stolen["you"]["id"] != entered["you"]["id"]
    assert (await host.command("mic.unmute"))["type"] == "ok"


async def test_who_was_swept_is_told_and_can_come_back(live: None) -> None:
    room = await make_room()
    page = await a_page(room, await make_member())
    await page.join()
    await database_sync_to_async(Participant.objects.update)(last_seen_at="2020-01-01T00:00Z")
    await database_sync_to_async(services.sweep_absent)()
    refusal = await page.until("error")
    assert (refusal["code"], refusal["fatal"]) == ("not_joined", False)
    assert (await page.next())["code"] == 4408


async def test_the_audience_is_counted_once_for_all_who_come_together(live: None) -> None:
    room = await make_room()
    host = await a_page(room, room.host)
    await host.join()
    for name in ("Lin Wei", "Amara Okafor", "Petra Roth"):
        page = await a_page(room, await make_member(name))
        await page.join()
    assert set(await faces_counted(host, 3)) == {"Lin Wei", "Amara Okafor", "Petra Roth"}


async def test_who_leaves_the_stage_is_seen_in_the_audience_and_who_takes_a_seat_is_not(live: None) -> None:
    speaker = await make_member("Amara Okafor")
    room = await make_room(speakers=(speaker,))
    host, page = await a_page(room, room.host), await a_page(room, speaker)
    await host.join()
    you = (await page.join())["you"]
    await page.command("stage.leave")
    assert await faces_counted(host, 1) == ["Amara Okafor"]
    await host.command("stage.invite", person=you["id"])
    await page.command("stage.join")
    assert await faces_counted(host, 0) == []


async def faces_counted(page: Page, count: int) -> list[str]:
    """The names in the audience, once it is of this many."""
    counted = await page.until("audience.changed")
    while counted["data"]["count"] != count:
        counted = await page.until("audience.changed")
    return [face["name"] for face in counted["data"]["faces"]]


async def test_events_after_the_snapshot_lead_to_a_fresh_one(live: None) -> None:
    speaker = await make_member("Amara Okafor")
    room = await make_room(speakers=(speaker,))
    host, listener = await a_page(room, room.host), await a_page(room, await make_member())
    await host.join()
    snapshot = (await listener.join())["snapshot"]
    page = await a_page(room, speaker)
    await page.join()
    await page.command("mic.unmute")
    await host.command("mic.unmute")
    await page.command("room.leave")
    await host.command("mic.mute")
    fresh = (await listener.command("room.sync"))["data"]["snapshot"]
    while snapshot["seq"] < fresh["seq"]:
        event = next((event for event in listener.events if event.get("seq") == snapshot["seq"] + 1), None)
        if event is None:
            listener.events.append(await listener.next())
            continue
        snapshot = applied(snapshot, event)
    assert snapshot["stage"] == fresh["stage"]


def applied(snapshot: dict, event: dict) -> dict:
    stage = {person["id"]: person for person in snapshot["stage"]}
    match event["type"]:
        case "stage.seated":
            stage[event["data"]["person"]["id"]] = event["data"]["person"]
        case "stage.unseated":
            stage.pop(event["data"]["person"], None)
        case "stage.muted":
            stage[event["data"]["person"]]["muted"] = event["data"]["muted"]
    in_order = sorted(stage.values(), key=lambda person: (person["number"], person["id"]))
    return {**snapshot, "seq": event["seq"], "stage": in_order}


async def test_a_lost_event_is_noticed_and_made_good(live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    room = await make_room()
    host, listener = await a_page(room, room.host), await a_page(room, await make_member())
    await host.join()
    snapshot = (await listener.join())["snapshot"]
    monkeypatch.setattr(events, "get_bus", RecordingBus)  # a bus that nobody listens to
    await host.command("mic.unmute")
    told = await listener.until("stage.version")
    assert told["data"]["seq"] == snapshot["seq"] + 1
    assert not any(event["type"] == "stage.muted" for event in listener.events)
    fresh = (await listener.command("room.sync"))["data"]["snapshot"]
    assert (fresh["seq"], fresh["stage"][0]["muted"]) == (told["data"]["seq"], False)


class TestMedia:
    async def test_an_offer_goes_to_the_worker_without_its_candidates(self, worker: AnsweringWorker) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        entered = await page.join()
        answer = await page.command("media.offer", sdp=SDP + "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n")
        assert answer["data"] == {"sdp": worker.answers_with, "epoch": 1, "shared": False}
        assert worker.offers[0].sdp == SDP
        assert (worker.offers[0].person, worker.offers[0].connection) == (entered["you"]["id"], page.connection)

    async def test_the_workers_refusal_reaches_the_page(self, worker: AnsweringWorker) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        worker.refuses_with = "worker_full"
        assert (await page.command("media.offer", sdp=SDP))["code"] == "worker_full"

    async def test_without_a_worker_the_page_is_told_to_try_again(self, live: None) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        assert (await page.command("media.offer", sdp=SDP))["code"] == "media_unavailable"

    async def test_a_slow_worker_does_not_hold_up_other_commands(self, worker: AnsweringWorker) -> None:
        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        worker.silent = True
        await page.send('{"type": "media.offer", "id": 900, "data": {"sdp": "v=0\\r\\nm=audio 9 a 1\\r\\n"}}')
        assert (await page.command("ping", received=0))["type"] == "ok"

    async def test_who_speaks_and_whose_sound_was_lost_reaches_the_pages(self, worker: AnsweringWorker) -> None:
        from rooms.audio import wire
        from rooms.bus import get_bus

        room = await make_room()
        page, other = await a_page(room, room.host), await a_page(room, await make_member())
        entered = await page.join()
        await other.join()
        topic = wire.room_topic(room.public_id)
        await get_bus().publish(topic, wire.encode(wire.Speaking(room.public_id, (entered["you"]["id"],), 1)))
        assert (await other.until("stage.speaking"))["data"] == {"people": [entered["you"]["id"]]}
        await get_bus().publish(topic, wire.encode(wire.Speaking(room.public_id, (entered["you"]["id"],), 1)))
        late = await a_page(room, await make_member())
        await late.join()
        assert (await late.until("stage.speaking"))["data"] == {"people": [entered["you"]["id"]]}
        await get_bus().publish(topic, wire.encode(wire.MediaLost(room.public_id, page.connection, 1)))
        await page.until("media.restart")
        assert [event["type"] for event in other.events if event["type"] in ("media.restart", "stage.speaking")] == []

    async def test_floor_time_reaches_those_who_come_later_and_survives_a_change_of_worker(
        self, worker: AnsweringWorker
    ) -> None:
        from rooms.audio import wire
        from rooms.bus import get_bus

        room = await make_room()
        page = await a_page(room, room.host)
        me = (await page.join())["you"]["id"]
        topic = wire.room_topic(room.public_id)
        await get_bus().publish(topic, wire.encode(wire.Floor(room.public_id, (me,), (40,), me, 9, 1)))
        assert (await page.until("stage.floor"))["data"] == {
            "times": [{"person": me, "seconds": 40}],
            "holder": me,
            "held": 9,
        }
        late = await a_page(room, await make_member())
        await late.join()
        assert (await late.until("stage.floor"))["data"]["times"] == [{"person": me, "seconds": 40}]
        await get_bus().publish(topic, wire.encode(wire.Floor(room.public_id, (me,), (3,), "", 0, 1)))
        assert (await late.until("stage.floor"))["data"] == {
            "times": [{"person": me, "seconds": 43}],
            "holder": "",
            "held": 0,
        }

    async def test_who_cannot_be_heard_is_told_and_nobody_else(self, worker: AnsweringWorker) -> None:
        from rooms.audio import wire
        from rooms.bus import get_bus

        room = await make_room()
        page, other = await a_page(room, room.host), await a_page(room, await make_member())
        await page.join()
        await other.join()
        topic = wire.room_topic(room.public_id)
        for unheard in (True, False):
            await get_bus().publish(topic, wire.encode(wire.Unheard(room.public_id, page.connection, unheard, 1)))
            assert (await page.until("media.unheard"))["data"] == {"unheard": unheard}
        await get_bus().publish(topic, wire.encode(wire.Speaking(room.public_id, ("x",), 1)))
        await other.until("stage.speaking")
        assert "media.unheard" not in [event["type"] for event in other.events]

    async def test_a_new_worker_makes_its_rooms_negotiate_again(self, worker: AnsweringWorker) -> None:
        from rooms.audio import wire
        from rooms.bus import get_bus

        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        assert (await page.command("media.offer", sdp=SDP))["data"]["epoch"] == 1
        await worker.start()  # at the same address
        await get_bus().publish(wire.WORKERS_TOPIC, wire.encode(wire.WorkerStarted(worker="answering")))
        assert (await page.until("media.restart"))["data"]["epoch"] == 2

    async def test_a_page_whose_restart_was_lost_finds_out_by_itself_and_an_older_placement_is_not_heard(
        self, worker: AnsweringWorker
    ) -> None:
        from rooms.audio import wire
        from rooms.bus import get_bus

        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        await page.command("media.offer", sdp=SDP)
        await worker.start()  # and nobody is told
        assert (await page.until("media.restart"))["data"]["epoch"] == 2
        assert (await page.command("ping", received=1))["data"] == {"epoch": 2}
        topic = wire.room_topic(room.public_id)
        for stale in (
            wire.Speaking(room.public_id, ("stale",), 1),
            wire.MediaLost(room.public_id, page.connection, 1),
            wire.Placed(room.public_id, 2, 0),  # known already
            wire.Speaking(room.public_id, ("fresh",), 2),
        ):
            await get_bus().publish(topic, wire.encode(stale))
        assert (await page.until("stage.speaking"))["data"] == {"people": ["fresh"]}
        told = [event["type"] for event in page.events if event["type"].startswith(("media.", "stage.speaking"))]
        assert told.count("media.restart") == 0

    async def test_a_process_that_ends_sends_its_pages_elsewhere(self, worker: AnsweringWorker) -> None:
        from rooms.hub import get_hub

        room = await make_room()
        page = await a_page(room, room.host)
        await page.join()
        await get_hub().send_elsewhere()
        assert (await page.until("closed"))["code"] == CLOSE_GO_ELSEWHERE
        late = Page(room, await cookie_of(room.host))
        assert await late.open()
        assert (await late.until("closed"))["code"] == CLOSE_GO_ELSEWHERE


class TestWhoMayOpenASocket:
    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "null",
            "http://evil.example",
            "https://testserver",
            "http://testserver:8001",
            "http://testserver:99999",
            "http://testserver.evil.example",
            "http://TESTSERVER",
            "http://testserver/",
            "",
        ],
    )
    async def test_a_foreign_origin_scheme_or_port_is_refused(self, live: None, origin: str | None) -> None:
        room = await make_room()
        page = Page(room, await cookie_of(room.host), origin=origin if origin != "" else " ")
        assert not await page.open()

    async def test_a_stranger_is_told_to_sign_in(self, live: None) -> None:
        page = Page(await make_room(), "")
        assert await page.open()
        refusal = await page.next()
        assert (refusal["code"], refusal["fatal"]) == ("signed_out", True)
        assert (await page.next())["code"] == 4401

    async def test_somebody_without_a_profile_is_told_to_fill_it_in(self, live: None) -> None:
        member = await database_sync_to_async(without_profile)()
        page = Page(await make_room(), await cookie_of(member))
        assert await page.open()
        assert (await page.next())["code"] == "profile_missing"

    async def test_an_unknown_room_is_refused(self, live: None) -> None:
        page = await a_page("nowhere-nowhere-", await make_member())
        answer = await page.ask_to_join()
        assert (answer["code"], answer["fatal"]) == ("room_not_found", True)

    @pytest.mark.parametrize("room", ["nowhere", "%00", "x" * 500, "../../etc", "a/b"])
    async def test_an_address_that_is_no_rooms_is_refused(self, live: None, room: str) -> None:
        page = Page(room, await cookie_of(await make_member()))
        assert not await page.open()

    async def test_refusals_speak_the_persons_language(self, live: None) -> None:
        page = Page(await make_room(), "", language="ko")
        await page.open()
        english = Page(await make_room(), "", language="en")
        await english.open()
        assert (await english.next())["message"] == "You are signed out. Sign in to come back."
        assert (await page.next())["message"] != "You are signed out. Sign in to come back."


async def test_the_hub_forgets_rooms_without_sockets(live: None) -> None:
    from rooms.hub import get_hub

    room = await make_room()
    page = await a_page(room, room.host)
    await page.join()
    assert get_hub().rooms == {room.public_id}
    await page.close()
    await eventually(lambda: get_hub().rooms == set())


async def test_a_frame_that_comes_while_joining_follows_the_snapshot(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await make_room()
    page = await a_page(room, room.host)
    read = selectors.room_snapshot

    def read_and_change(public_id: str) -> messages.RoomSnapshot:
        snapshot = read(public_id)
        Room.objects.filter(public_id=public_id).update(title="Changed")
        frame = {"type": "stage.unseated", "seq": snapshot.seq + 1, "data": {"person": "x", "by": ""}}
        events.publish(public_id, events.Frame(frame, "everyone"))
        return snapshot

    monkeypatch.setattr(selectors, "room_snapshot", read_and_change)
    entered = await page.join()
    assert not any("seq" in event for event in page.events)
    assert (await page.until("stage.unseated"))["seq"] == entered["snapshot"]["seq"] + 1


async def test_many_come_and_go_and_the_roster_is_right(live: None) -> None:
    room = await make_room()
    pages = [await a_page(room, await make_member(f"Listener {number}")) for number in range(12)]
    await asyncio.gather(*(page.join() for page in pages))
    await asyncio.gather(*(page.command("room.leave") for page in pages[:5]))
    count, _faces = await database_sync_to_async(selectors.audience_of)(room.public_id)
    assert count == 7


async def test_the_host_alone_is_told_who_meets_whom_also_on_return(live: None) -> None:
    lin, amara = await make_member("Lin Wei"), await make_member("Amara Okafor")
    room = await database_sync_to_async(a_live_room)(speakers=(lin,))
    await database_sync_to_async(accounts.block)(lin, amara)
    host, speaker, listener = await a_page(room, room.host), await a_page(room, lin), await a_page(room, amara)
    await host.join()
    await speaker.join()
    await listener.join()
    conflict = (await host.until("room.conflict"))["data"]
    assert (conflict["first_name"], conflict["second_name"]) == ("Amara Okafor", "Lin Wei")
    again = await a_page(room, room.host)
    await again.join()
    assert (await again.until("room.conflict"))["data"] == conflict
    await again.command("stage.lock", locked=True)
    for page in (speaker, listener):
        await page.until("stage.locked")
        assert "room.conflict" not in [event["type"] for event in page.events]
