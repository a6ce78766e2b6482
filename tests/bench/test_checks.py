"""The bench's own STUN is STUN: aioice reads it, and its reading decides."""

import pytest
from aioice import stun

from rooms.audio.bench.checks import Checks

THEIRS, OURS = "theirs-password-theirs", "ours-password-ours-our"


@pytest.fixture
def checks() -> Checks:
    return Checks(ufrag="ours", password=OURS, remote_ufrag="theirs", remote_password=THEIRS, controls=True)


def response(request: bytes, password: str) -> bytes:
    asked = stun.parse_message(request)
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=asked.transaction_id)
    answer.add_message_integrity(password.encode())
    return bytes(answer)


def test_a_request_is_read_by_others(checks: Checks) -> None:
    request = stun.parse_message(checks.request())
    assert request.message_class is stun.Class.REQUEST
    assert request.attributes["USERNAME"] == "theirs:ours"
    assert "USE-CANDIDATE" in request.attributes
    assert "ICE-CONTROLLING" in request.attributes
    assert request.check_message_integrity(THEIRS.encode())


def test_who_does_not_control_nominates_nothing() -> None:
    checks = Checks(ufrag="ours", password=OURS, remote_ufrag="theirs", remote_password=THEIRS, controls=False)
    request = stun.parse_message(checks.request())
    assert "ICE-CONTROLLED" in request.attributes
    assert not request.attributes.keys() & {"ICE-CONTROLLING", "USE-CANDIDATE"}


def test_only_the_answer_to_the_last_request_counts(checks: Checks) -> None:
    first = checks.request()
    late = response(first, THEIRS)
    assert checks.is_answer(late)
    last = response(checks.request(), THEIRS)
    assert not checks.is_answer(late)
    assert checks.is_answer(last)
    assert checks.is_authentic(last)
    assert not checks.is_authentic(response(first, "of somebody else's"))


def test_a_full_agent_is_answered_if_it_knows_our_password(checks: Checks) -> None:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.add_message_integrity(b"of somebody else's")
    assert checks.answer(bytes(request), ("127.0.0.1", 9)) is None
    request.add_message_integrity(OURS.encode())
    answer = checks.answer(bytes(request), ("127.0.0.1", 9))
    assert answer is not None
    read = stun.parse_message(answer)
    assert read.attributes["XOR-MAPPED-ADDRESS"] == ("127.0.0.1", 9)
    assert read.transaction_id == request.transaction_id
    assert checks.answer(b"\x00\x01 no STUN", ("127.0.0.1", 9)) is None
