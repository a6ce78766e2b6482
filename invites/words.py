"""What invitations say, in the language that was chosen for them."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.contacts import Channel, Contact
from invites.models import Invite
from invites.services.refusing import token_of
from rooms.programme_words import absolute

Message = tuple[str, str, dict[str, str]]  # subject, text, headers


def link_of(code: str) -> str:
    """An invite's address in full."""
    return absolute(reverse("invites:preview", args=[code]))


def never_link(contact: Contact) -> str:
    """Where whoever reads a message to a contact says that they want no other."""
    return absolute(reverse("invites:never", args=[token_of(contact)]))


def invitation(invite: Invite, contact: Contact, code: str) -> Message:
    """The message that carries an invite's link."""
    with translation.override(invite.language):
        return _message(invite, contact, code, _("You are invited to MiTalk"), is_reminder=False)


def reminder(invite: Invite, contact: Contact, code: str) -> Message:
    """The one message that says that the invite expires soon."""
    with translation.override(invite.language):
        return _message(
            invite, contact, code, _("Your invitation to MiTalk is good for a few days more"), is_reminder=True
        )


def _message(invite: Invite, contact: Contact, code: str, subject: str, *, is_reminder: bool) -> Message:
    never = never_link(contact)
    context = {
        "invite": invite,
        "link": link_of(code),
        "sponsor": invite.sponsor,
        "never": never,
        "is_reminder": is_reminder,
    }
    if contact.channel is Channel.SMS:
        return "", render_to_string("invites/sms.txt", context).strip(), {}
    headers = {"List-Unsubscribe": f"<{never}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return subject, render_to_string("invites/mail.txt", context).strip() + "\n", headers
