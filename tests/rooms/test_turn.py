"""TURN: credentials that a server with the same secret accepts, until they expire; without a server, none."""

import json
from html import unescape

import pytest
from django.test import Client

from rooms.turn import Relay, relay_for
from tests.factories import a_live_room, a_member


def test_without_a_server_there_is_none(settings) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = [], "secret"
    assert relay_for("visitor", 1000, 60) == Relay()


def test_credentials_name_their_end_and_are_signed(settings) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = ["turn:turn.example.org"], "north"
    relay = relay_for("visitor", 1000, 60)
    assert relay.username == "1060:visitor"
    # printf 1060:visitor | openssl dgst -sha1 -hmac north -binary | base64
    assert relay.credential == "+AQ9lqzsALVbcREgYzF+FvsVHWw="
    settings.MITALK_TURN_SECRET = "south"
    assert relay_for("visitor", 1000, 60).credential != relay.credential


@pytest.mark.django_db
def test_a_rooms_page_is_given_them(settings, client: Client) -> None:
    settings.MITALK_TURN_URLS, settings.MITALK_TURN_SECRET = ["turn:turn.example.org"], "north"
    member = a_member()
    client.force_login(member)
    page = client.get(f"/r/{a_live_room(member).public_id}/").content.decode()
    relay = json.loads(unescape(page.split('data-relay="')[1].split('"')[0]))
    assert relay["urls"] == ["turn:turn.example.org"]
    assert relay["credential"]
