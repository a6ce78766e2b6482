"""What of a profile somebody may see. One rule, for rows at hand and as a condition on rows: every reader goes through it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.claims.words import ShownClaim
from accounts.links import link_host
from accounts.models import Follow, Profile, User, Visibility
from accounts.portraits import Look, drawn, look, photo_address
from accounts.profile_models import LANGUAGE_NAMES

FIELDS = ("headline", "organisation", "industry", "expertise", "languages", "bio", "photo", "links")


class Relation(IntEnum):
    """What somebody is to the person whose profile it is. Each sees what the one before sees, and more."""

    GUEST = 0  # no account
    MEMBER = 1
    CIRCLE = 2  # follows them, and is followed back
    SELF = 3


_NEEDED = {Visibility.MEMBERS: Relation.MEMBER, Visibility.CIRCLE: Relation.CIRCLE, Visibility.ME: Relation.SELF}
_GUESTS_SEE = {"headline"}  # beside the name, where every member sees it


def allows(profile: Profile, field: str, relation: Relation) -> bool:
    """Whether somebody who stands so to a person sees this field of their profile."""
    needed = _NEEDED[Visibility(getattr(profile, f"{field}_visibility"))]
    if relation is Relation.GUEST:
        return field in _GUESTS_SEE and needed is Relation.MEMBER
    return relation >= needed


def circle_of(viewer: User) -> QuerySet[Follow, Any]:
    """The keys of those who see what is for their circle when they are this person's: each follows the other."""
    followers = Follow.objects.filter(followed=viewer).values("follower")
    return Follow.objects.filter(follower=viewer, followed__in=followers).values("followed")


def visible(field: str, viewer: User) -> Q:
    """The accounts whose profile shows this field to a member; for a query of `User`."""
    name = f"profile__{field}_visibility"
    return Q(**{name: Visibility.MEMBERS}) | Q(**{name: Visibility.CIRCLE}, pk__in=circle_of(viewer)) | Q(pk=viewer.pk)


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link, and the host it leads to."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """A profile as somebody sees it: what is not for them is empty."""

    public_id: str
    name: str
    face: Look
    is_demo: bool
    headline: str
    organisation: str
    industry: str
    expertise: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]  # code and own name
    bio: str
    links: tuple[ShownLink, ...]
    claims: tuple[ShownClaim, ...] = ()  # where people are listed; a profile shows them in full

    @property
    def where(self) -> str:
        """Organisation and industry in a line."""
        return " · ".join(part for part in (self.organisation, self.industry) if part)


def card(profile: Profile, relation: Relation) -> ProfileCard:
    """A profile as somebody sees it who stands so to the person. Of many, fetch what it takes by `with_details`."""

    def shows(field: str) -> bool:
        return allows(profile, field, relation)

    return ProfileCard(
        public_id=profile.user.public_id,
        name=profile.name,
        face=face(profile, relation),
        is_demo=profile.user.is_demo,
        headline=profile.headline if shows("headline") else "",
        organisation=profile.organisation if shows("organisation") else "",
        industry=profile.industry.name if shows("industry") else "",
        expertise=tuple(tag.words for tag in profile.expertise.all()) if shows("expertise") else (),
        languages=tuple((each.code, LANGUAGE_NAMES[each.code]) for each in profile.languages.all())
        if shows("languages")
        else (),
        bio=profile.bio if shows("bio") else "",
        links=tuple(ShownLink(each.url, link_host(each.url)) for each in profile.links.all()) if shows("links") else (),
    )


def face(profile: Profile, relation: Relation = Relation.MEMBER) -> Look:
    """What is drawn for a person: their photo for whom it is for, else the portrait they chose, else their initials."""
    has_photo = profile.photo and allows(profile, "photo", relation)
    picture = photo_address(profile.photo) if has_photo else drawn(profile.portrait)
    return look(profile.name, profile.user.public_id, picture)


def headline(profile: Profile) -> str:
    """What a person does, where it is said to everybody at once: on stage and on cards."""
    return profile.headline if allows(profile, "headline", Relation.MEMBER) else ""


def with_details(profiles: QuerySet[Profile]) -> QuerySet[Profile]:
    """Profiles with everything that a card shows."""
    return profiles.select_related("user", "industry").prefetch_related("expertise", "languages", "links")
