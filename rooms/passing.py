"""What passes: kept in the cache for a while and never in the database. Who wrote what where that is not stored, the
questions of rooms off the record, and how fast people go on.

Lost with the cache, it is forgotten: nobody waits, and nobody takes back what they wrote. Callers hold the room's lock.
"""

from dataclasses import dataclass, replace

from django.core.cache import cache

from rooms.domain.pace import Pace

_A_DAY_SECONDS = 86_400  # no room talks longer
_PACE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class PassingQuestion:
    """A question of a room off the record. People are public ids in the room."""

    id: str
    author: str
    text: str
    asked_at: str
    voters: frozenset[str] = frozenset()
    seconds_in: int = -1

    @property
    def votes(self) -> int:
        """How many voted."""
        return len(self.voters)

    def voted(self, person: str, *, up: bool) -> "PassingQuestion":
        """The question once this person voted for it, or took that back."""
        return replace(self, voters=self.voters | {person} if up else self.voters - {person})


def questions(room: str) -> dict[str, PassingQuestion]:
    """The questions of a room off the record, by id."""
    return cache.get(f"rooms.questions.{room}", {})


def keep_questions(room: str, asked: dict[str, PassingQuestion]) -> None:
    """They are these now."""
    cache.set(f"rooms.questions.{room}", asked, _A_DAY_SECONDS)


def forget(room: str) -> None:
    """The room is over."""
    cache.delete(f"rooms.questions.{room}")


def author_of(written: str) -> str:
    """Who wrote a message or question, by its id; empty, if that is not known any more."""
    return cache.get(f"rooms.author.{written}", "")


def keep_author(written: str, person: str) -> None:
    """This person wrote it."""
    cache.set(f"rooms.author.{written}", person, _A_DAY_SECONDS)


def go_on(who: str, pace: Pace, now: float) -> bool:
    """Whether it is not too soon; counted, if so. `who` is a person by public id, or a room."""
    key = f"rooms.pace.{who}"
    due = pace.step(cache.get(key, 0.0), now)
    if due is not None:
        cache.set(key, due, _PACE_SECONDS)
    return due is not None


def said_at(person: str) -> float | None:
    """When this person last wrote, if it was in the last minutes."""
    return cache.get(f"rooms.said.{person}")


def keep_said_at(person: str, now: float) -> None:
    """They wrote now."""
    cache.set(f"rooms.said.{person}", now, _PACE_SECONDS)


def keys_of(person: str) -> list[str]:
    """Under which keys something passes about a person, to be forgotten at once."""
    paces = ("chat", "ask", "vote")
    return [f"rooms.said.{person}", *(f"rooms.pace.{pace}.{person}" for pace in paces)]
