"""Which kinds of messages invites send to members: see accounts.notices."""

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import contacts, notices, outbox
from accounts.models import User
from accounts.notices import Kind, Via
from accounts.writing import language_of
from invites.models import Redemption

USED = "invite_used"


def register() -> None:
    """Declare them. What the invited are sent goes to people without an account: see invites.services.refusing."""
    notices.register(
        Kind(
            USED,
            _("Somebody came by your invite"),
            _("When a new member took a seat that you offered."),
            (Via.EMAIL, Via.PUSH),
        ),
        Kind(
            "application",
            _("Your application was decided"),
            _("And what else has to be said about it, while you are not a member yet."),
            channels=(),  # to people without an account: nothing to choose
            always=True,
        ),
    )


def tell_sponsor(newcomer: User) -> None:
    """Somebody came by an invite, and has said who they are: whoever invited them hears of it, once."""
    redemption = Redemption.objects.select_related("invite__sponsor__profile").filter(user=newcomer).first()
    sponsor = redemption.invite.sponsor if redemption else None
    if redemption is None or sponsor is None or not sponsor.is_active or sponsor.is_demo:
        return
    if not notices.wants(sponsor, USED):
        return
    with translation.override(language_of(sponsor)):
        who = {"name": newcomer.name}
        text = gettext("%(name)s came to MiTalk by your invite. Their profile names you as who brought them.") % who
        stop = gettext("No more of these: %(link)s") % {"link": notices.stop_link(sponsor, USED)}
        outbox.post(
            contacts.email(sponsor.email),
            kind=USED,
            occasion=f"{redemption.invite.public_id} {newcomer.public_id}",
            subject=gettext("Somebody came by your invite"),
            text=f"{text}\n\n{stop}\n",
            headers=notices.headers_for(sponsor, USED),
        )
