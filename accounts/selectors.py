"""Reads of people: a profile as somebody sees it, who follows whom, and what two have in common."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import hooks
from accounts.claims.selectors import claims_of, with_claims
from accounts.claims.words import shown
from accounts.models import Block, Follow, Profile, User
from accounts.visibility import ProfileCard, Relation, card, circle_of, with_details

MOST_IN_COMMON = 3
MOST_TOGETHER = 3


def relation(profile: Profile, viewer: User | None) -> Relation:
    """What a viewer (None: somebody without an account) is to the person whose profile it is."""
    if viewer is None:
        return Relation.GUEST
    if profile.user_id == viewer.pk:
        return Relation.SELF
    return Relation.CIRCLE if circle_of(viewer).filter(followed=profile.user_id).exists() else Relation.MEMBER


def profile_card(profile: Profile, viewer: User | None) -> ProfileCard:
    """A profile as this viewer sees it."""
    return card(profile, relation(profile, viewer))


def profile_cards(profiles: Iterable[Profile], viewer: User) -> list[ProfileCard]:
    """Profiles as this viewer sees them; `with_details` has fetched what that takes."""
    profiles = list(profiles)
    people = [profile.user_id for profile in profiles]
    circle = set(circle_of(viewer).filter(followed__in=people).values_list("followed", flat=True))

    def of(profile: Profile) -> Relation:
        if profile.user_id == viewer.pk:
            return Relation.SELF
        return Relation.CIRCLE if profile.user_id in circle else Relation.MEMBER

    with_claims(profile.user for profile in profiles)
    return [replace(card(profile, of(profile)), claims=tuple(shown(claims_of(profile.user)))) for profile in profiles]


def not_apart(viewer: User) -> Q:
    """The accounts that no block parts from the viewer; for a query of `User`."""
    block = Block.objects.filter(Q(blocker=viewer, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=viewer))
    return ~Q(Exists(block))


def members(viewer: User) -> QuerySet[User]:
    """Everybody whom the viewer may find."""
    return User.objects.filter(not_apart(viewer), is_active=True, profile__isnull=False)


def profiles_of(users: QuerySet[User]) -> QuerySet[Profile]:
    """The profiles of these, with what cards show, by name."""
    return with_details(Profile.objects.filter(user__in=users.order_by().values("pk"))).order_by("name", "pk")


def followers(person: User, viewer: User) -> QuerySet[Profile]:
    """Who follows somebody, as far as the viewer may find them."""
    return profiles_of(members(viewer).filter(pk__in=Follow.objects.filter(followed=person).values("follower")))


def following(person: User, viewer: User) -> QuerySet[Profile]:
    """Whom somebody follows, as far as the viewer may find them."""
    return profiles_of(members(viewer).filter(pk__in=Follow.objects.filter(follower=person).values("followed")))


def blocked_by(user: User) -> QuerySet[Profile]:
    """Whom somebody has blocked: they alone are told."""
    return profiles_of(User.objects.filter(blocked_by__blocker=user, profile__isnull=False))


@dataclass(frozen=True, slots=True)
class InCommon:
    """What two people have in common. `both_follow`: some of those whom both follow, of `both_follow_count`."""

    both_follow: list[Profile]
    both_follow_count: int
    rooms: list[hooks.Together]

    @property
    def more(self) -> int:
        """How many both follow beside those that are named."""
        return self.both_follow_count - len(self.both_follow)

    def __bool__(self) -> bool:
        return bool(self.both_follow or self.rooms)


def in_common(person: User, viewer: User) -> InCommon:
    """Whom both follow, and where both were at the same time as far as that may be told."""
    mine = Follow.objects.filter(follower=viewer).values("followed")
    theirs = Follow.objects.filter(follower=person).values("followed")
    both = members(viewer).filter(pk__in=mine).filter(pk__in=theirs)
    some = Profile.objects.filter(user__in=both.values("pk")).select_related("user").order_by("name", "pk")
    return InCommon(
        both_follow=list(some[:MOST_IN_COMMON]),
        both_follow_count=both.count(),
        rooms=hooks.together(person, viewer)[:MOST_TOGETHER],
    )
