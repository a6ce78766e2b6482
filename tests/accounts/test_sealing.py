"""What is kept is not readable without its key, and is found by a keyed hash."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts import contacts, sealing

OLD, NEW = "an old key " * 6, "a new key " * 6


def test_a_sealed_value_opens_with_todays_key_and_with_former_ones(settings) -> None:
    settings.DATA_KEYS = [OLD]
    sealed = sealing.seal("+821012345678", purpose="test")
    assert "1012345678" not in sealed
    settings.DATA_KEYS = [NEW, OLD]
    assert sealing.unseal(sealed, purpose="test") == "+821012345678"
    again = sealing.reseal(sealed, purpose="test")
    settings.DATA_KEYS = [NEW]
    assert sealing.unseal(again, purpose="test") == "+821012345678"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed, purpose="test")


def test_two_of_the_same_look_different() -> None:
    assert sealing.seal("x", purpose="test") != sealing.seal("x", purpose="test")


def test_a_changed_value_does_not_open() -> None:
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal("x", purpose="test")[:-4] + "AAAA", purpose="test")


def test_a_contact_is_found_under_former_keys_too(settings) -> None:
    settings.DATA_KEYS = [OLD]
    before = contacts.email("Amara@Example.org").key
    settings.DATA_KEYS = [NEW, OLD]
    now = contacts.email("amara@example.org")
    assert before in now.keys
    assert now.key != before
    assert "amara" not in now.key


def test_a_mailbox_and_a_phone_never_share_a_hash() -> None:
    assert contacts.Contact(contacts.Channel.EMAIL, "x").key != contacts.Contact(contacts.Channel.SMS, "x").key


def test_without_a_key_nothing_is_sealed(settings) -> None:
    settings.DATA_KEYS = []
    with pytest.raises(ImproperlyConfigured):
        sealing.seal("x", purpose="test")


def test_a_hint_is_too_little_for_others() -> None:
    assert contacts.phone("+821012345678").hint == "+82 … 78"
    assert contacts.email("amara@example.org").hint == "a…@example.org"


def test_what_was_sealed_for_one_thing_is_not_read_as_another() -> None:
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal("x", purpose="test"), purpose="other")
