"""The only writer of applications. Each decision is one conditional update: of two members of staff, one decides."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import bans, outbox
from accounts.contacts import Channel, Contact
from accounts.hooks import text_gate
from accounts.models import Industry, Phone, User
from accounts.sealing import PHONE, seal
from accounts.services import record
from accounts.text import tidy
from accounts.written import ALLOW, REFUSE, Place, TextRefused, Verdict, check_text
from invites import words
from invites.models import OPEN_STATES, Application, ApplicationState, ReplyTemplate, Vouch
from invites.services import refusing
from invites.services.issuing import create_invite, field_of, send

UNPROVEN_KEPT = timedelta(days=1)
REMIND_ASKED_AFTER = timedelta(days=7)
ANSWER_WITHIN = timedelta(days=30)
DECIDED_KEPT = timedelta(days=180)

_KIND = "application"
_TIDIED = ("name", "occupation", "why", "vouchers")
_COPIED = ("name", "email", "phone_sealed", "phone_hint", "occupation", "industry", "why", "vouchers", "language")


class Proven(Enum):
    """What becomes of an application whose contact was proven."""

    WAITING = auto()
    HAS_ACCOUNT = auto()


def make(contact: Contact, *, industry: Industry, is_imported: bool, **said: str) -> Application:
    """An application, valid but not saved. `said`: name, occupation, why, vouchers, language.

    Raises:
        ValidationError: something cannot be read or is missing.
    """
    said |= {name: tidy(said[name]) for name in _TIDIED if name in said}
    is_phone = contact.channel is Channel.SMS
    application = Application(
        email="" if is_phone else contact.value,
        phone_sealed=seal(contact.value, purpose=PHONE) if is_phone else "",
        phone_hint=contact.hint if is_phone else "",
        contact_key=contact.key,
        industry=industry,
        is_imported=is_imported,
        **said,
    )
    application.full_clean(exclude=["public_id"], validate_constraints=False)
    return application


def apply(contact: Contact, *, industry: Industry, **said: str) -> Application:
    """Somebody asks to be let in. It waits for their contact to be proven, whether we know it or not: the same is done for
    everybody."""
    application = make(contact, industry=industry, is_imported=False, **said)
    for field in _TIDIED:
        _demand(_place(f"application.{field}", application), getattr(application, field))
    application.save()
    return application


def _place(where: str, application: Application, by: User | None = None) -> Place:
    return Place(where, application.public_id, application.language, by=by)


def _demand(place: Place, text: str) -> Verdict:
    verdict = check_text(place.where, text, place.language, place.by)
    if verdict.outcome == REFUSE:
        raise TextRefused(verdict)
    return verdict


def _judge(place: Place, text: str) -> None:
    """Ask the lists of terms. Staff read every application before anything comes of it: so nothing waits, and what would is
    flagged."""
    verdict = _demand(place, text)
    if verdict.outcome != ALLOW:
        text_gate().flag(place, text, verdict)


def has_account(contact: Contact) -> bool:
    """Whether a contact is somebody's who is in already. Only to be told to whoever proved it."""
    if contact.channel is Channel.SMS:
        return Phone.objects.filter(key__in=contact.keys).exists()
    return User.objects.filter(email=contact.value).exists()


@transaction.atomic
def prove(application: Application) -> tuple[Proven, Application]:
    """The contact was proven. What the same person asked before and nobody decided is replaced, its vouches stay. Whoever
    asks is written to again, also if they once wanted no invitation."""
    contact = application.contact
    assert contact is not None
    if has_account(contact):
        application.delete()
        return Proven.HAS_ACCOUNT, application
    refusing.welcome_again(contact)
    earlier = (
        Application.objects.select_for_update()
        .filter(contact_key__in=contact.keys, state__in=OPEN_STATES)
        .exclude(pk=application.pk)
        .first()
    )
    if earlier is not None:
        for name in _COPIED:
            setattr(earlier, name, getattr(application, name))
        earlier.contact_key = contact.key
        earlier.save()
        _flag_words(earlier)
        application.delete()
        return Proven.WAITING, earlier
    try:
        with transaction.atomic():
            _move(application, ApplicationState.WAITING, of=(ApplicationState.UNPROVEN,))
    except IntegrityError:  # the same person, in another window, at the same moment
        application.delete()
        return Proven.WAITING, Application.objects.get(contact_key__in=contact.keys, state__in=OPEN_STATES)
    _flag_words(application)
    _tell(application, "received", words.RECEIVED, "invites/replies/received.txt")
    return Proven.WAITING, application


def _flag_words(application: Application) -> None:
    """Only of who has proven who they are: nobody fills staff's queue without."""
    for field in _TIDIED:
        place, text = _place(f"application.{field}", application), getattr(application, field)
        verdict = check_text(place.where, text, place.language)
        if verdict.outcome != ALLOW:
            text_gate().flag(place, text, verdict)


def _move(
    application: Application, state: ApplicationState, *, of: Iterable[str] = OPEN_STATES, **fields: object
) -> bool:
    now = timezone.now()
    changed = Application.objects.filter(pk=application.pk, state__in=list(of)).update(
        state=state, state_at=now, **fields
    )
    application.refresh_from_db()
    return bool(changed)


def _tell(application: Application, occasion: str, subject: str, template: str, text: str = "") -> None:
    contact = application.contact
    if contact is None:
        return
    subject, message, headers = words.reply(
        contact,
        application.language,
        subject,
        template,
        application=application,
        text=text,
        link=words.application_link(application),
        vouch_link=words.vouch_link(application),
    )
    outbox.post(
        contact,
        kind=_KIND,
        occasion=f"{application.public_id} {occasion}",
        subject=subject,
        text=message,
        headers=headers,
    )


# --- What the applicant and members do -----------------------------------------------------------------------------


@transaction.atomic
def answer(application: Application, text: str) -> bool:
    """The applicant answers what they were asked; the application waits again."""
    _judge(_place("application.answer", application), text)
    return _move(application, ApplicationState.WAITING, of=(ApplicationState.ASKED,), answer=text)


@transaction.atomic
def withdraw(application: Application) -> bool:
    """The applicant takes it back."""
    return _move(application, ApplicationState.WITHDRAWN, phone_sealed="")


def vouch(application: Application, member: User, text: str) -> Vouch:
    """A member answers for an applicant. Said again, the words change."""
    _judge(_place("vouch.words", application, member), text)
    said, _created = Vouch.objects.update_or_create(application=application, member=member, defaults={"words": text})
    return said


# --- What staff do -------------------------------------------------------------------------------------------------


def text_for(application: Application, template: ReplyTemplate | None, own_words: str) -> str:
    """What the applicant reads: the template in their language, then the words of whoever answers."""
    parts = (template.text(application.language) if template else "", own_words)
    return "\n\n".join(part.strip() for part in parts if part.strip())


@transaction.atomic
def approve(application: Application, *, by: User | None, text: str = "", reason: str = "") -> bool:
    """Let them in: an invite that is bound to their contact. Who vouched first answers for them. Nobody lets in who is kept
    out.

    Returns:
        Whether it was this call that decided.
    """
    contact = application.contact
    if contact is None or bans.is_bound(contact):
        return False
    if not _move(application, ApplicationState.APPROVED, decided_by=by, reason=reason):
        return False
    first = application.vouches.filter(member__is_active=True).order_by("at", "pk").first()
    invite, code = create_invite(
        sponsor=first.member if first else None,
        language=application.language,
        by=by,
        **{field_of(contact): contact.value},  # type: ignore[arg-type]
    )
    Application.objects.filter(pk=application.pk).update(invite=invite, phone_sealed="")
    refusing.welcome_again(contact)
    send(invite, code, opening=text)
    record("application.approved", application.public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def decline(application: Application, *, by: User, text: str, reason: str) -> bool:
    """Say no, kindly.

    Returns:
        Whether it was this call that decided.
    """
    if not _move(application, ApplicationState.DECLINED, decided_by=by, reason=reason):
        return False
    _tell(application, "declined", words.DECLINED, "invites/replies/text.txt", text)
    Application.objects.filter(pk=application.pk).update(phone_sealed="")
    record("application.declined", application.public_id, actor=by, reason=reason)
    return True


@transaction.atomic
def ask(application: Application, *, by: User, text: str, reason: str = "") -> bool:
    """Ask them something before deciding.

    Returns:
        Whether it was asked.
    """
    fields = {"question": text, "answer": "", "decided_by": by, "reason": reason}
    if not _move(application, ApplicationState.ASKED, of=(ApplicationState.WAITING,), **fields):
        return False
    occasion = f"asked {application.state_at.isoformat()}"
    _tell(application, occasion, words.ASKED, "invites/replies/asked.txt", text)
    record("application.asked", application.public_id, actor=by, reason=reason)
    return True


# --- What happens later --------------------------------------------------------------------------------------------


def remind_asked(now: datetime | None = None) -> None:
    """Remind those who were asked and have not answered, once."""
    now = now or timezone.now()
    for application in Application.objects.filter(
        state=ApplicationState.ASKED, state_at__lte=now - REMIND_ASKED_AFTER, state_at__gt=now - ANSWER_WITHIN
    ).order_by("pk"):
        occasion = f"asked again {application.state_at.isoformat()}"
        _tell(application, occasion, words.ASKED_AGAIN, "invites/replies/asked.txt", application.question)


def clean_up(now: datetime | None = None) -> None:
    """Delete what nobody proved, give up what nobody answered, forget what was decided long ago."""
    now = now or timezone.now()
    of_state = Application.objects.filter
    of_state(state=ApplicationState.UNPROVEN, made_at__lt=now - UNPROVEN_KEPT).delete()
    of_state(state=ApplicationState.ASKED, state_at__lte=now - ANSWER_WITHIN).update(
        state=ApplicationState.WITHDRAWN, state_at=now, phone_sealed=""
    )
    decided = (ApplicationState.APPROVED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN)
    of_state(state__in=decided, state_at__lt=now - DECIDED_KEPT).delete()


def import_one(application: Application, *, by: User | None) -> bool:
    """Put an application into the queue that staff bring along, unless its person waits there or is in.

    Returns:
        Whether it is new.
    """
    contact = application.contact
    assert contact is not None
    waits = Application.objects.filter(contact_key__in=contact.keys, state__in=OPEN_STATES).exists()
    if waits or has_account(contact):
        return False
    application.state, application.state_at = ApplicationState.WAITING, timezone.now()
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        return False
    record("application.imported", application.public_id, actor=by)
    return True
