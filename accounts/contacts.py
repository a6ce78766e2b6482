"""Where a person can be reached: an e-mail address or a phone number, in one spelling, with the keyed hash it is found by."""

from dataclasses import dataclass
from enum import StrEnum

from accounts import phones
from accounts.models import normalised_email
from accounts.sealing import keyed_hashes


class Channel(StrEnum):
    """How something reaches a person."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Contact:
    """One mailbox or one phone. Make it by `email` or `phone`, which normalise."""

    channel: Channel
    value: str

    @property
    def key(self) -> str:
        """The keyed hash to store."""
        return self.keys[0]

    @property
    def keys(self) -> list[str]:
        """Every keyed hash under which it may be stored."""
        return keyed_hashes(f"contact.{self.channel}", self.value)

    @property
    def readable(self) -> str:
        """For whoever wrote it."""
        return phones.readable(self.value) if self.channel is Channel.SMS else self.value

    @property
    def hint(self) -> str:
        """Enough for whoever owns it, too little for others."""
        if self.channel is Channel.SMS:
            return phones.hint(self.value)
        name, _at, domain = self.value.partition("@")
        return f"{name[:1]}…@{domain}"


def email(address: str) -> Contact:
    """The contact of an e-mail address that was validated."""
    return Contact(Channel.EMAIL, normalised_email(address))


def phone(e164: str) -> Contact:
    """The contact of a number as `phones.parse` gives it."""
    return Contact(Channel.SMS, e164)
