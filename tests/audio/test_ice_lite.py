"""One UDP port for everybody: who is answered, who is not, and where sound may go. No socket is opened."""

import contextlib
import secrets
import socket
from dataclasses import dataclass, field

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.transport.ice_lite import CONSENT_SECONDS, Credentials, IceConnection, IceLite, listen
from rooms.audio.transport.stun import Address, NotACheck, parse, success

HOME, AWAY, STRANGER = ("192.0.2.1", 4000), ("198.51.100.7", 5000), ("203.0.113.9", 9)


@dataclass
class Wire:
    """What the socket sent, in place of one."""

    sent: list[tuple[bytes, Address]] = field(default_factory=list)

    def sendto(self, data: bytes, address: Address) -> None:
        self.sent.append((data, address))


@dataclass
class Place:
    """A port, its clock and one connection that is expected."""

    now: float = 100.0
    wire: Wire = field(default_factory=Wire)
    received: list[bytes] = field(default_factory=list)
    moves: list[Address] = field(default_factory=list)
    credentials: Credentials = field(default_factory=lambda: Credentials("them"))

    def __post_init__(self) -> None:
        self.ice = IceLite(self.wire, clock=lambda: self.now)  # type: ignore[arg-type]
        self.connection = IceConnection(receive=self.received.append, moved=self.moves.append)
        self.ice.expect(self.connection, self.credentials)

    def check(self, address: Address, *, nominate: bool = True, credentials: Credentials | None = None) -> None:
        self.ice.receive(request(credentials or self.credentials, nominate=nominate), address)


@pytest.fixture
def place() -> Place:
    return Place()


def request(
    credentials: Credentials,
    *,
    nominate: bool = True,
    username: str | None = None,
    password: str | None = None,
    kind: stun.Class = stun.Class.REQUEST,
    method: stun.Method = stun.Method.BINDING,
    role: str = "ICE-CONTROLLING",
) -> bytes:
    message = stun.Message(message_method=method, message_class=kind)
    message.attributes["USERNAME"] = f"{credentials.ufrag}:{credentials.remote_ufrag}" if username is None else username
    message.attributes["PRIORITY"] = 1
    message.attributes[role] = 1
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity((password or credentials.password).encode())
    return bytes(message)


def test_a_signed_check_is_answered_and_its_address_is_the_connections(place: Place) -> None:
    place.check(HOME)
    (answer, address), *more = place.wire.sent
    assert not more
    assert address == HOME
    response = stun.parse_message(answer)
    assert response.message_class is stun.Class.RESPONSE
    assert response.check_message_integrity(place.credentials.password.encode())
    assert response.attributes["XOR-MAPPED-ADDRESS"] == HOME
    assert "FINGERPRINT" in response.attributes
    assert place.moves == [HOME]
    place.ice.receive(b"\x80 sound", HOME)
    assert place.received == [b"\x80 sound"]


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "forged"},
        {"username": "nobody:them"},
        {"username": ""},
        {"username": "them"},
        {"kind": stun.Class.INDICATION},
        {"kind": stun.Class.RESPONSE},
        {"method": stun.Method.ALLOCATE},
    ],
)
def test_what_is_no_check_of_ours_gets_no_answer(place: Place, changed: dict) -> None:
    place.ice.receive(request(place.credentials, **changed), STRANGER)
    place.ice.receive(b"\x80 sound", STRANGER)
    assert place.wire.sent == []
    assert place.received == []


def test_the_right_name_for_another_peer_gets_no_answer(place: Place) -> None:
    place.ice.receive(request(place.credentials, username=f"{place.credentials.ufrag}:other"), STRANGER)
    assert place.wire.sent == []


def test_an_unsigned_check_gets_no_answer(place: Place) -> None:
    message = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{place.credentials.ufrag}:them"
    place.ice.receive(bytes(message), STRANGER)
    assert place.wire.sent == []


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x01" * 19, b"\x16", b"\x80", b"\xff" * 1_500, b"\x80" * 1_501])
def test_datagrams_from_strangers_are_dropped(place: Place, data: bytes) -> None:
    place.check(HOME)
    answered = len(place.wire.sent)
    place.ice.receive(data, STRANGER)
    assert (len(place.wire.sent), place.received) == (answered, [])


@pytest.mark.parametrize("data", [b"", b"\x80" * 1_501])
def test_empty_and_oversize_datagrams_are_dropped_from_anybody(place: Place, data: bytes) -> None:
    place.check(HOME)
    place.ice.receive(data, HOME)
    assert place.received == []


@given(st.binary(max_size=200))
def test_no_bytes_of_a_stranger_make_the_port_send(data: bytes) -> None:
    place = Place()
    place.ice.receive(data, STRANGER)
    assert place.wire.sent == []


@given(st.integers(0, 107), st.integers(1, 255))
def test_a_check_with_one_byte_changed_is_no_check(position: int, change: int) -> None:
    place = Place()
    data = bytearray(request(place.credentials))
    data[position % (len(data) - 8)] ^= change  # the last eight are the FINGERPRINT, which is not signed
    place.ice.receive(bytes(data), STRANGER)
    assert place.wire.sent == []


def test_a_flood_of_forged_checks_gets_no_answer_and_leaves_nothing_behind(place: Place) -> None:
    for number in range(2_000):
        place.ice.receive(request(place.credentials, password=str(number)), (STRANGER[0], 1_024 + number))
    assert place.wire.sent == []
    assert not place.ice._by_address


def test_the_answer_to_a_check_is_no_larger_than_half_as_much_again(place: Place) -> None:
    place.check(HOME)
    assert len(place.wire.sent[0][0]) <= 1.5 * len(request(place.credentials))


def test_a_nominated_address_moves_the_call(place: Place) -> None:
    place.check(HOME)
    place.check(AWAY, nominate=False)
    place.check(AWAY)
    assert place.moves[-1] == place.connection.address == AWAY


def test_before_the_peer_has_chosen_other_addresses_are_only_tried(place: Place) -> None:
    place.check(HOME, nominate=False)
    place.check(AWAY, nominate=False)
    assert place.connection.address == HOME


def test_a_nat_that_gives_another_port_moves_the_call_and_back(place: Place) -> None:
    place.check(HOME)
    place.check(AWAY, nominate=False)
    assert place.connection.address == AWAY
    place.check(HOME, nominate=False)
    assert place.connection.address == HOME


def test_a_known_address_does_not_move_the_call_unless_nominated(place: Place) -> None:
    place.check(AWAY, nominate=False)
    place.check(HOME)
    place.check(AWAY, nominate=False)
    assert place.connection.address == HOME


def test_addresses_of_a_connection_are_bounded_and_the_one_in_use_stays(place: Place) -> None:
    place.check(HOME)
    for port in range(1_000, 1_050):
        place.check(("192.0.2.50", port), nominate=False)
        place.check(HOME)
    assert len(place.connection.addresses) <= 6
    assert len(place.ice._by_address) <= 6
    assert place.connection.address == HOME


def test_nobody_takes_over_the_address_of_a_living_peer(place: Place) -> None:
    place.check(HOME)
    other = IceConnection(receive=lambda data: None, moved=lambda address: None)
    credentials = Credentials("other")
    place.ice.expect(other, credentials)
    place.check(HOME, credentials=credentials)
    assert other.address is None
    place.ice.receive(b"\x80", HOME)
    assert place.received == [b"\x80"]
    place.now += CONSENT_SECONDS
    place.check(HOME, credentials=credentials)
    assert other.address == HOME


def test_a_peer_that_thinks_it_is_controlled_is_told_to_change_its_role(place: Place) -> None:
    place.ice.receive(request(place.credentials, role="ICE-CONTROLLED"), HOME)
    ((answer, _address),) = place.wire.sent
    response = stun.parse_message(answer)
    assert response.attributes["ERROR-CODE"][0] == 487
    assert response.check_message_integrity(place.credentials.password.encode())
    assert place.connection.address is None


def test_an_ice_restart_keeps_the_old_credentials_until_the_new_ones_are_used(place: Place) -> None:
    place.check(HOME)
    fresh = Credentials("them again")
    place.ice.expect(place.connection, fresh)
    place.check(HOME)
    assert len(place.wire.sent) == 2
    place.check(AWAY, credentials=fresh)
    assert place.connection.address == AWAY
    place.check(HOME)
    assert len(place.wire.sent) == 3  # the old ones are forgotten


def test_restarts_without_end_keep_two_credentials(place: Place) -> None:
    for _ in range(50):
        place.ice.expect(place.connection, Credentials(secrets.token_hex(4)))
    assert len(place.ice._by_ufrag) == len(place.connection.credentials) == 2


def test_consent_ends_without_checks(place: Place) -> None:
    assert not place.connection.is_alive(place.now)
    place.check(HOME)
    assert place.connection.is_alive(place.now + CONSENT_SECONDS - 1)
    assert not place.connection.is_alive(place.now + CONSENT_SECONDS)


def test_a_removed_connection_is_forgotten_whole(place: Place) -> None:
    place.check(HOME)
    place.ice.remove(place.connection)
    place.check(HOME)
    place.ice.receive(b"\x80", HOME)
    assert len(place.wire.sent) == 1
    assert place.received == []
    assert not place.ice._by_address
    assert not place.ice._by_ufrag


def test_what_came_during_a_delay_is_read_a_share_at_a_time() -> None:
    bound = listen("127.0.0.1", 0)
    ice = IceLite(bound)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(50):
            stranger.sendto(b"\x80", bound.getsockname())
        stranger.sendto(b"\x80" * 9_000, bound.getsockname())
    assert ice.drain(40)
    assert ice.dropped == 40
    assert not ice.drain(40)
    assert ice.dropped == 51
    bound.close()
    ice.send(b"x", HOME)  # too late, and harmless
    assert ice.unsent == 1


def test_what_the_kernel_does_not_take_is_lost_and_nothing_else() -> None:
    with listen("127.0.0.1", 0) as bound:
        ice = IceLite(bound)
        ice.send(b"x", ("255.255.255.255", 9))
        assert ice.unsent == 1


@given(
    ufrag=st.text("abc+/019", min_size=4, max_size=32),
    host=st.sampled_from(["192.0.2.77", "2001:db8::1:2"]),
    port=st.integers(1, 65_535),
    nominate=st.booleans(),
)
def test_checks_and_answers_are_those_of_another_library(ufrag: str, host: str, port: int, nominate: bool) -> None:
    """What aioice writes is read, and what is written aioice reads."""
    credentials = Credentials(ufrag)
    check = parse(request(credentials, nominate=nominate))
    assert (check.local_ufrag, check.remote_ufrag) == (credentials.ufrag, ufrag)
    assert check.nominates == nominate
    assert not check.controlled
    assert check.is_signed_with(credentials.password)
    assert not check.is_signed_with("another")
    answer = stun.parse_message(success(check, (host, port), credentials.password))
    assert answer.transaction_id == check.transaction
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == (host, port)
    assert answer.check_message_integrity(credentials.password.encode())


@given(st.binary(max_size=120), st.binary(max_size=40))
def test_any_bytes_after_a_stun_header_are_a_check_or_refused(noise: bytes, user: bytes) -> None:
    body = noise[: len(noise) // 4 * 4]
    header = b"\x00\x01" + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12)
    for data in (header + body, noise, header + b"\x00\x06" + len(user).to_bytes(2, "big") + user):
        with contextlib.suppress(NotACheck):
            parse(data)
