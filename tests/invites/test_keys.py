"""A new key for what is sealed: everything known goes over to it, and then the old one may go."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import override_settings

from accounts import contacts, outbox
from accounts.claims import private_files, requesting
from accounts.contact_models import OutboxMessage, Phone
from accounts.own_phones import own_phone
from accounts.sealing import CLAIM, unseal
from invites.models import Application, Invite
from invites.services import waitlist
from tests.accounts.claiming import a_claim, a_licence
from tests.factories import a_member, an_industry, an_invite

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "an old key " * 6, "a new key " * 6
NUMBER = "+821012345678"


def test_after_resealing_the_old_key_may_go(
    monkeypatch: pytest.MonkeyPatch, text_messages: list, settings, tmp_path
) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"
    monkeypatch.setattr("accounts.outbox._nudge", lambda: None)
    said = {"name": "Petra Roth", "occupation": "Actuary", "why": "Floods are priced wrongly.", "language": "en"}
    with override_settings(DATA_KEYS=[OLD]):
        member = a_member()
        own_phone(member, NUMBER)
        TOTP.activate(member, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(member)
        codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
        an_invite(phone=NUMBER)
        waitlist.apply(contacts.phone(NUMBER), industry=an_industry(), **said)
        outbox.post(contacts.phone(NUMBER), kind="test", occasion="one", subject="", text="Hello")
        proven = requesting.prove_work_address(member, "amara+1@harbour-fab.com", language="en")
        claim, licence = a_claim(member), a_licence(member)
    with override_settings(DATA_KEYS=[NEW, OLD]):
        call_command("reseal")
        outbox.post(contacts.phone(NUMBER), kind="test", occasion="one", subject="", text="Hello")
    with override_settings(DATA_KEYS=[NEW]):
        contact = contacts.phone(NUMBER)
        assert Invite.objects.get(phone_key=contact.key).contact == contact
        assert Application.objects.get(contact_key=contact.key).contact == contact
        assert Phone.objects.filter(key=contact.key).exists()
        assert outbox.send_due() == 1
        document = claim.document
        document.refresh_from_db()
        assert private_files.read(private_files.Kept(document.name, document.sealed_key)).startswith(b"%PDF")
        licence.refresh_from_db()
        assert unseal(licence.sealed, purpose=CLAIM) == "12-3456"
        later = requesting.prove_work_address(a_member(), "amara@harbour-fab.com", language="en")
        proven.refresh_from_db()
        assert (proven.state, later.state) == ("moved", "verified")
        app, recovery = (Authenticator.objects.get(type=type) for type in ("totp", "recovery_codes"))
        assert get_adapter().decrypt(app.data["secret"]) == "JBSWY3DPEHPK3PXP"
        assert recovery.wrap().get_unused_codes() == codes
    assert text_messages == [(NUMBER, "Hello")]
    assert OutboxMessage.objects.filter(kind="test").count() == 1
