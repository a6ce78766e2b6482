"""What the bench's clients say of themselves is what our worker reads, and the other way round."""

import pytest

from rooms.audio.bench import description
from rooms.audio.transport import sdp

FINGERPRINT = ":".join(["AB"] * 32)
OURS = description.Local("ufrag", "password-password-password", FINGERPRINT, "recvonly")
THEIRS = sdp.Local("their", "their-password-their-password", FINGERPRINT, "127.0.0.1", 4_000, 77, "cname")


def test_the_worker_reads_our_offer_and_we_its_answer() -> None:
    offer = sdp.parse(description.write(OURS).replace("password-", "password"))
    assert (offer.payload_type, offer.sends, offer.receives) == (description.PAYLOAD_TYPE, False, True)
    remote = description.read(sdp.answer(offer, THEIRS))
    assert remote == description.Remote(
        "their",
        "their-password-their-password",
        FINGERPRINT,
        ("127.0.0.1", 4_000),
        77,
        "0",
        lite=True,
        bitrate=remote.bitrate,
    )


def test_a_bitrate_that_is_asked_for_is_read() -> None:
    asks = description.write(OURS) + "a=candidate:1 1 udp 1 127.0.0.1 4000 typ host\r\n"
    assert description.read(asks).bitrate is None
    assert description.read(asks.replace("useinbandfec=1", "useinbandfec=1;maxaveragebitrate=64000")).bitrate == 64_000


def test_a_description_without_an_address_cannot_be_used() -> None:
    with pytest.raises(description.DescriptionUnreadable, match="candidate"):
        description.read(description.write(OURS))
