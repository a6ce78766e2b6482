"""A branch is cut off while it is let back in, or while somebody of it is sanctioned: nobody waits for the other for ever."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import User
from invites.models import BranchMeasure, MeasureKind
from invites.services import branches
from moderation.services import impose, lift
from tests.factories import a_member
from tests.moderation.racing import Workers, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("recording_bus")]
ROUNDS = 5


@pytest.fixture
def staff() -> User:
    return a_member("Sofia Takács", is_staff=True)


def ban(user: User, by: User) -> object:
    return impose(user, "ban", rule=2, facts="Shouted at Lin Wei.", by=by)


def below(name: str, sponsor: User) -> User:
    return a_member(name, sponsor=sponsor, branch_of=sponsor)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with ThreadPoolExecutor(4) as pool:
        yield Workers(pool)


def test_a_branch_is_cut_off_while_its_pause_is_lifted_whoever_of_it_is_out_for_themselves(
    workers: Workers, staff: User
) -> None:
    """Those who hold no measure are in no lift's way: of the others, who is further down may have been here longer."""
    root = a_member("Root")
    banned = below("Banned", root)
    older_and_deeper = below("Older", banned)
    younger = below("Younger", root)
    ban(root, staff)
    ban(banned, staff)
    pause = branches.take(root, MeasureKind.PAUSE, by=staff, reason="Spam")
    assert set(pause.members.values_list("user", flat=True)) == {older_and_deeper.pk, younger.pk}
    with held(younger):
        cut = workers.start(lambda: branches.take(root, MeasureKind.CUT, by=staff, reason="Fraud"))
        workers.until_waiting(1)
        lifted = workers.start(lambda: branches.lift(pause, by=staff, reason="A mistake"))
        workers.until_waiting(2)
    assert lifted.result(30)
    cut.result(30)
    assert not User.objects.filter(pk__in=[older_and_deeper.pk, younger.pk], is_active=True).exists()
    assert BranchMeasure.objects.filter(lifted_at=None).count() == 1


def test_whoever_is_sanctioned_as_their_branch_is_paused_stays_out_when_it_is_let_back_in(
    workers: Workers, staff: User
) -> None:
    for number in range(ROUNDS):
        root = a_member(f"Root {number}")
        child = below(f"Child {number}", root)
        grandchild = below(f"Grandchild {number}", child)
        works = [
            workers.start(lambda root=root: branches.take(root, MeasureKind.PAUSE, by=staff, reason="Spam")),
            workers.start(lambda child=child: ban(child, staff)),
            workers.start(lambda grandchild=grandchild: ban(grandchild, staff)),
        ]
        measure, first, _second = [work.result(30) for work in works]
        at_last = [
            workers.start(lambda measure=measure: branches.lift(measure, by=staff, reason="A mistake")),
            workers.start(lambda first=first: lift(first, by=None, reason="Enough")),
        ]
        for work in at_last:
            work.result(30)
        active = set(User.objects.filter(pk__in=[root.pk, child.pk, grandchild.pk], is_active=True))
        assert active == {root, child}
