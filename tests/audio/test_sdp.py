"""Offers: what is read, what is refused, what is answered."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.audio.transport.sdp import Local, OfferRefusedError, Refusal, answer, parse

FINGERPRINT = ":".join(["AB"] * 32)
CHROMIUM = f"""v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Wq3r
a=ice-pwd:SGZQ9zWZcQ5a8gqzKmXkVQeT
a=ice-options:trickle
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
""".replace("\n", "\r\n")
LOCAL = Local("ourufrag", "ourpassword", FINGERPRINT, "192.0.2.1", 7882, 12345, "cname")


def refusal(sdp: str) -> Refusal:
    with pytest.raises(OfferRefusedError) as raised:
        parse(sdp)
    return raised.value.code


def test_chromiums_offer_is_read() -> None:
    offer = parse(CHROMIUM)
    assert (offer.mid, offer.payload_type, offer.ufrag) == ("0", 111, "Wq3r")
    assert (offer.sends, offer.receives) == (False, True)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("recvonly", "sendonly"), ("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("inactive", "inactive")],
)
def test_the_answer_mirrors_the_direction(theirs: str, ours: str) -> None:
    text = answer(parse(CHROMIUM.replace("recvonly", theirs)), LOCAL)
    assert f"a={ours}\r\n" in text


def test_the_answer_says_what_it_must() -> None:
    lines = answer(parse(CHROMIUM), LOCAL).split("\r\n")
    for line in (
        "a=ice-lite",
        "a=setup:passive",
        "a=rtcp-mux",
        "a=mid:0",
        "a=ptime:20",
        "a=end-of-candidates",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host",
        "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=0;sprop-stereo=0;maxaveragebitrate=64000",
    ):
        assert line in lines
    assert len([line for line in lines if line.startswith("a=candidate")]) == 1


def test_another_address_of_ours_comes_second() -> None:
    lines = answer(parse(CHROMIUM), dataclasses.replace(LOCAL, own_ip="198.51.100.7")).split("\r\n")
    first, second = (line for line in lines if line.startswith("a=candidate"))
    assert first == "a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host"
    assert second == "a=candidate:2 1 udp 2130706175 198.51.100.7 7882 typ host"


def test_candidates_are_not_read() -> None:
    assert parse(CHROMIUM + "a=candidate:1 1 udp 1 203.0.113.9 9 typ host\r\n" * 200) == parse(CHROMIUM)


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("", Refusal.INVALID),
        ("v=0\r\n", Refusal.INVALID),
        ("x" * 20_000, Refusal.TOO_LARGE),
        (CHROMIUM + "a=x\r\n" * 10_000, Refusal.TOO_LARGE),
        (CHROMIUM + "a=x\n" * 401, Refusal.TOO_LARGE),
        (CHROMIUM + "a=candidate:1 1 udp 1 203.0.113.9 9 typ host\r\n" * 500, Refusal.TOO_LARGE),
        (CHROMIUM.replace("SGZQ9zWZcQ5a8gqzKmXkVQeT", "tooshort"), Refusal.INVALID),
        (CHROMIUM + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", Refusal.UNSUPPORTED),
        (CHROMIUM.replace("m=audio", "m=video"), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("m=audio 9 UDP/TLS/RTP/SAVPF", "m=application 9 UDP/DTLS/SCTP"), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("opus/48000/2", "PCMU/8000"), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("111 opus", "77 opus"), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("a=rtcp-mux\r\n", ""), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("actpass", "passive"), Refusal.UNSUPPORTED),
        (CHROMIUM.replace("sha-256", "sha-1"), Refusal.INVALID),
        (CHROMIUM.replace(FINGERPRINT, "AB:CD"), Refusal.INVALID),
        (CHROMIUM.replace("a=ice-ufrag:Wq3r", "a=ice-ufrag:W q"), Refusal.INVALID),
        (CHROMIUM.replace("a=ice-ufrag:Wq3r\r\n", ""), Refusal.INVALID),
        (CHROMIUM.replace("a=mid:0", "a=mid:" + "0" * 99), Refusal.INVALID),
        (CHROMIUM.replace("a=mid:0", "a=mid:0 x"), Refusal.INVALID),
    ],
)
def test_what_is_not_ours_is_refused_by_its_code(sdp: str, code: Refusal) -> None:
    assert refusal(sdp) is code


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    assert refusal(text) in set(Refusal)


@given(st.lists(st.sampled_from(CHROMIUM.split("\r\n")) | st.text(alphabet="am=:/ 09xü", max_size=20), max_size=60))
def test_any_lines_are_refused_or_answered_in_clean_lines(lines: list[str]) -> None:
    try:
        offer = parse("v=0\r\n" + "\r\n".join(lines))
    except OfferRefusedError:
        return
    assert all(line[1] == "=" for line in answer(offer, LOCAL).strip().split("\r\n"))
