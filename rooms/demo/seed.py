"""Puts the demonstration into the database; again and again without doubling anything."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Industry, User
from accounts.own_data import consents
from accounts.services import save_profile
from rooms import services
from rooms.demo.people import (
    INDUSTRIES,
    PEOPLE,
    ROOMS_TO_COME,
    SPEAKER,
    TOPICS,
    WELCOME_TITLE,
    WELCOME_TOPIC,
    DemoPerson,
)
from rooms.domain.snapshot import Phase
from rooms.models import Room, Topic

SIGN_INS = PEOPLE[:2]


def password_of(person: DemoPerson) -> str:
    """A demonstration password: the same at every start of one installation, another in every installation."""
    digest = salted_hmac("mitalk.demo.password", person.email, algorithm="sha256").hexdigest()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8))


def inviter() -> User:
    """The member of the demonstration who invites newcomers."""
    return User.objects.get(email=PEOPLE[0].email)


@transaction.atomic
def seed() -> None:
    """Industries, topics, people, rooms to come, and one live room for the speaker."""
    industries = {slug: _industry(slug, *names) for slug, *names in INDUSTRIES}
    people = {person.login: _person(person, industries) for person in (*PEOPLE, SPEAKER)}
    topics = {name: _topic(name, industries[slug], people["amara"]) for name, slug in TOPICS}
    for login, person in people.items():
        if login not in ("amara", "welcome") and person.sponsor is None:
            person.sponsor = person.branch_of = people["amara"]
            person.save(update_fields=["sponsor", "branch_of"])
    _rooms_to_come(people, topics)
    welcome_room()


def welcome_room() -> Room:
    """The live room of the demonstration speaker; a new one, if the last is over."""
    speaker = User.objects.get(email=SPEAKER.email)
    found = Room.objects.filter(host=speaker, phase=Phase.LIVE).first()
    topic = Topic.objects.get(name=WELCOME_TOPIC)
    return found or services.open_room(host=speaker, title=WELCOME_TITLE, topic=topic, language="en")


def _industry(slug: str, english: str, chinese: str, korean: str) -> Industry:
    names = {"name_en": english, "name_zh": chinese, "name_ko": korean}
    return Industry.objects.get_or_create(slug=slug, defaults=names)[0]


def _topic(name: str, industry: Industry, by: User) -> Topic:
    return services.create_topic(name=name, industry=industry, by=by)


def _person(person: DemoPerson, industries: dict[str, Industry]) -> User:
    found = User.objects.filter(email=person.email).first()
    if found is None:
        found = User.objects.create_user(person.email, password_of(person), is_demo=person is SPEAKER)
        EmailAddress.objects.create(user=found, email=found.email, verified=True, primary=True)
        consents.agree(found)  # whoever tries it out is not asked for an invented person
        save_profile(
            found,
            name=person.name,
            headline=person.headline,
            organisation=person.organisation,
            industry=industries[person.industry],
            language=person.language,
            portrait=person.portrait,
        )
    elif person in SIGN_INS and not found.check_password(password_of(person)):
        found.set_password(password_of(person))  # the secret was changed
        found.save(update_fields=["password"])
    return found


def _rooms_to_come(people: dict[str, User], topics: dict[str, Topic]) -> None:
    """The programme starts anew from now at every start, so that nothing of it is in the past."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for room in ROOMS_TO_COME:
        starts_at = now + timedelta(hours=room.in_hours)
        known = Room.objects.filter(host=people[room.host], title=room.title, phase=Phase.SCHEDULED)
        moved = known.update(starts_at=starts_at, revision=F("revision") + 1, announced_at=timezone.now())
        if not moved:
            services.schedule_room(
                host=people[room.host],
                title=room.title,
                topic=topics[room.topic],
                language=room.language,
                starts_at=starts_at,
            )
