"""Topics and people that somebody may want to follow."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Block, Follow, User, Visibility
from accounts.muting import is_muted
from rooms.domain.messages import PersonCard
from rooms.domain.roles import Role
from rooms.domain.snapshot import Phase
from rooms.models import Room, Topic, TopicFollow
from rooms.selectors.listing import member_card

_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic as somebody sees it."""

    public_id: str
    name: str
    industry: str
    followers: int
    i_follow: bool


def topics_to_follow(viewer: User, most: int) -> list[TopicCard]:
    """Topics that the viewer does not follow: of their field first, then where rooms were or will be."""
    rooms = Room.objects.filter(topic=OuterRef("pk")).filter(
        Q(phase__in=(Phase.LIVE, Phase.SCHEDULED)) | Q(ended_at__gte=timezone.now() - _LATELY, not_held="")
    )
    busy = Coalesce(Subquery(rooms.order_by().values("topic").annotate(number=Count("pk")).values("number")), 0)
    fresh = with_followers(Topic.objects.all(), viewer).filter(i_follow=False)
    chosen = fresh.annotate(near=_near("industry", viewer), busy=busy).order_by(
        "-near", "-busy", "-followers_now", "name"
    )
    return topic_cards(chosen[:most])


def with_followers(topics: QuerySet[Topic], viewer: User) -> QuerySet[Any]:
    """Topics with how many follow them, and whether the viewer does."""
    follows = TopicFollow.objects.filter(topic=OuterRef("pk"))
    counted = follows.order_by().values("topic").annotate(number=Count("pk")).values("number")
    return topics.select_related("industry").annotate(
        followers_now=Coalesce(Subquery(counted), 0), i_follow=Exists(follows.filter(user=viewer))
    )


def topic_cards(topics: QuerySet[Any]) -> list[TopicCard]:
    """Topics that `with_followers` has fetched."""
    return [
        TopicCard(
            public_id=topic.public_id,
            name=topic.name,
            industry=topic.industry.name,
            followers=topic.followers_now,
            i_follow=topic.i_follow,
        )
        for topic in topics
    ]


def people_to_follow(viewer: User, most: int) -> list[PersonCard]:
    """Members whom the viewer does not follow: of their field first, then whom many follow. Nobody with a block between,
    and nobody whom the viewer muted."""
    apart = Block.objects.filter(Q(blocker=viewer, blocked=OuterRef("pk")) | Q(blocker=OuterRef("pk"), blocked=viewer))
    follows = Follow.objects.filter(followed=OuterRef("pk"))
    counted = follows.order_by().values("followed").annotate(number=Count("pk")).values("number")
    members = User.objects.filter(
        ~Exists(apart),
        ~is_muted("pk", viewer),
        ~Exists(follows.filter(follower=viewer)),
        is_active=True,
        is_demo=False,
        profile__isnull=False,
    ).exclude(pk=viewer.pk)
    chosen = members.select_related("profile").annotate(
        near=_near("profile__industry", viewer, profile__industry_visibility=Visibility.MEMBERS),
        known=Coalesce(Subquery(counted), 0),
    )
    return [member_card(user, Role.MEMBER) for user in chosen.order_by("-near", "-known", "-pk")[:most]]


def _near(industry: str, viewer: User, **more: Any) -> Case:
    same = When(**{industry: viewer.profile.industry_id}, **more, then=Value(1))
    return Case(same, default=Value(0), output_field=IntegerField())
