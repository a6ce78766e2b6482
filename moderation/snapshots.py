"""The words of what is reported, as whoever reported it saw them: judged though they are changed later."""

from accounts import selectors as accounts
from accounts.models import Profile, User
from accounts.visibility import card, with_details
from rooms.models import Participant, Room, Topic
from rooms.selectors.people import headline

Snapshot = dict[str, str]


def of_room(room: Room) -> Snapshot:
    """A room's title and what it says of itself."""
    return _without_empty(title=room.title, topic=room.topic.name, description=room.description, link=room.link_url)


def of_person(participant: Participant) -> Snapshot:
    """How somebody was called in a room."""
    if participant.user is None:
        return {"guest": str(participant.guest_number)}
    return _without_empty(name=participant.name, headline=headline(participant.user))


def of_topic(topic: Topic) -> Snapshot:
    """A topic's name."""
    return _without_empty(title=topic.name, industry=topic.industry.name)


def of_profile(person: User, viewer: User) -> Snapshot:
    """A profile as this member sees it: nobody's report shows staff more than they were shown."""
    profile = with_details(Profile.objects.filter(user=person)).get()
    shown = card(profile, accounts.relation(profile, viewer))
    return _without_empty(
        name=shown.name,
        headline=shown.headline,
        organisation=shown.organisation,
        industry=shown.industry,
        expertise=", ".join(shown.expertise),
        bio=shown.bio,
        links=" ".join(link.url for link in shown.links),
        photo="yes" if profile.photo and shown.face.portrait else "",
    )


def _without_empty(**words: str) -> Snapshot:
    return {name: text for name, text in words.items() if text}
