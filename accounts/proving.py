"""Somebody proves a contact: a code goes there and is typed here. What is being proven is kept in the session, sealed."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts import one_time_codes
from accounts.contacts import Channel, Contact
from accounts.one_time_codes import Answer
from accounts.sealing import PROOF, Unreadable, seal, unseal


@dataclass(frozen=True, slots=True)
class Proof:
    """One purpose, and how far this browser is with it."""

    request: HttpRequest
    purpose: str
    how: Callable[[Contact], Mapping[str, str]] = field(default=lambda _contact: {})  # `kind` and `instead` of the code

    @property
    def _key(self) -> str:
        return f"proof.{self.purpose}"

    @property
    def contact(self) -> Contact | None:
        """What is being proven, or was."""
        kept = self.request.session.get(self._key)
        if not kept:
            return None
        try:
            return Contact(Channel(kept["channel"]), unseal(kept["sealed"], purpose=PROOF))
        except Unreadable:
            return None

    @property
    def subject(self) -> str:
        """What the codes of this proof are for: no other browser's proof takes or spoils them."""
        return self.request.session.get(self._key, {}).get("subject", "")

    def begin(self, contact: Contact, subject: str = "") -> bool:
        """Send a code. False: this network, or the contact, had too many; nobody can tell whether it has."""
        self.request.session[self._key] = {
            "channel": contact.channel.value,
            "sealed": seal(contact.value, purpose=PROOF),
            "subject": subject or secrets.token_urlsafe(12),
        }
        return self.send_again()

    def send_again(self) -> bool:
        """Send another code in place of the last."""
        contact = self.contact
        if contact is None:
            return False
        if not ratelimit.consume(self.request, app="allauth.account", action="contact_code"):
            return False
        try:
            one_time_codes.send(self.purpose, self.subject, contact, **self.how(contact))
        except one_time_codes.TooManyCodes:
            return False
        return True

    def answer(self, typed: str) -> Answer:
        """Try a code."""
        contact = self.contact
        if contact is None or not ratelimit.consume(self.request, app="allauth.account", action="contact_try"):
            return Answer.OVER
        return one_time_codes.check(self.purpose, self.subject, contact, typed)

    def end(self) -> None:
        """Forget it."""
        self.request.session.pop(self._key, None)
