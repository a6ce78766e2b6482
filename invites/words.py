"""What invitations say, in the language that was chosen for them."""

from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.contacts import Channel, Contact
from accounts.writing import absolute
from invites.models import Application, Invite
from invites.services.refusing import token_of

# Subjects of replies to applicants; `reply` translates them.
RECEIVED = gettext_noop("We have your application to MiTalk")
ASKED = gettext_noop("A question about your application to MiTalk")
ASKED_AGAIN = gettext_noop("Your application to MiTalk waits for your answer")
DECLINED = gettext_noop("About your application to MiTalk")

_APPLICATION = "mitalk.application"
Message = tuple[str, str, dict[str, str]]  # subject, text, headers


def link_of(code: str) -> str:
    """An invite's address in full."""
    return absolute(reverse("invites:preview", args=[code]))


def never_link(contact: Contact) -> str:
    """Where whoever reads a message to a contact says that they want no other."""
    return absolute(reverse("invites:never", args=[token_of(contact)]))


def invitation(invite: Invite, contact: Contact, code: str, opening: str = "") -> Message:
    """The message that carries an invite's link."""
    with translation.override(invite.language):
        return _message(invite, contact, code, _("You are invited to MiTalk"), opening=opening)


def reminder(invite: Invite, contact: Contact, code: str) -> Message:
    """The one message that says that the invite expires soon."""
    with translation.override(invite.language):
        return _message(
            invite, contact, code, _("Your invitation to MiTalk is good for a few days more"), is_reminder=True
        )


def _message(
    invite: Invite, contact: Contact, code: str, subject: str, *, opening: str = "", is_reminder: bool = False
) -> Message:
    never = never_link(contact)
    context = {
        "invite": invite,
        "link": link_of(code),
        "sponsor": invite.sponsor,
        "never": never,
        "opening": opening,
        "is_reminder": is_reminder,
    }
    if contact.channel is Channel.SMS:
        return "", render_to_string("invites/sms.txt", context).strip(), {}
    headers = {"List-Unsubscribe": f"<{never}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return subject, render_to_string("invites/mail.txt", context).strip() + "\n", headers


def reply(contact: Contact, language: str, subject: str, template: str, **context: object) -> Message:
    """A message to somebody who asked to be let in. `subject` is translated here."""
    with translation.override(language):
        text = render_to_string(template, {**context, "is_sms": contact.channel is Channel.SMS}).strip() + "\n"
        return _(subject), text, {}


def application_link(application: Application) -> str:
    """Where an applicant sees how far it is, and answers."""
    return absolute(reverse("invites:application", args=[token_for(application)]))


def vouch_link(application: Application) -> str:
    """What an applicant passes on to members whom they know."""
    return absolute(reverse("invites:vouch", args=[application.public_id]))


def token_for(application: Application) -> str:
    """Whoever has it is the applicant: it went to their contact, or to the browser that proved it."""
    return Signer(salt=_APPLICATION).sign(application.public_id)


def application_of(token: str) -> str | None:
    """The public id that a token was made for; None if it is none of ours."""
    try:
        return Signer(salt=_APPLICATION).unsign(token)
    except BadSignature:
        return None
