"""The invite tree, as staff read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from invites.models import BranchMeasure
from rooms.models import Participant

MOST_SHOWN = 1_000
MOST_LEVELS = 20  # at one look; each member's page shows what is below


@dataclass(slots=True)
class Node:
    """A member, and who came by them."""

    user: User
    is_in_room: bool = False
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """A branch with what leads to it and what was done to it."""

    root: Node
    size: int
    is_whole: bool
    sponsors: list[User]
    measures: list[BranchMeasure]


def tree_of(root: User) -> Tree:
    """The branch of a member: three questions and one a level, however large."""
    nodes = {root.pk: Node(root)}
    level, is_whole = [root.pk], True
    for _ in range(MOST_LEVELS):
        room_for = MOST_SHOWN - len(nodes)
        found = User.objects.filter(branch_of__in=level).select_related("profile").order_by("date_joined", "pk")
        children = [user for user in found[: room_for + 1] if user.pk not in nodes]
        is_whole = is_whole and len(children) <= room_for
        for user in children[:room_for]:
            nodes[user.pk] = Node(user)
            nodes[user.branch_of_id or 0].children.append(nodes[user.pk])
        level = [user.pk for user in children[:room_for]]
        if not level:
            break
    else:
        is_whole = is_whole and not User.objects.filter(branch_of__in=level).exists()
    for pk in Participant.objects.filter(user__in=nodes, left_at=None).values_list("user", flat=True):
        nodes[pk].is_in_room = True
    return Tree(nodes[root.pk], len(nodes), is_whole, _sponsors(root), _measures(root))


def _sponsors(root: User) -> list[User]:
    found: list[User] = []
    current = root.branch_of
    while current is not None and current not in found:
        found.append(current)
        current = current.branch_of
    return found[::-1]


def _measures(root: User) -> list[BranchMeasure]:
    concerned = BranchMeasure.objects.filter(root=root) | BranchMeasure.objects.filter(members__user=root)
    return list(concerned.distinct().select_related("root__profile", "by__profile"))
