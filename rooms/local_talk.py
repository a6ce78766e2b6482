"""What one web process knows and has told of one room's chat, questions and reactions. No IO: the hub reads, waits and sends.

Frames leave in batches: what is added between two of them is one. Held as the plain objects that pages are sent.
"""

import dataclasses
from collections import Counter, deque
from collections.abc import Collection, Iterable
from typing import Any

from rooms import selectors
from rooms.domain import messages
from rooms.domain.messages import Question
from rooms.domain.talk import RECENT_MESSAGES
from rooms.quiet import left_by

_MOST_REMOVED = 500  # ids that are remembered, so that a late reading does not bring a message back


class LocalTalk:
    """The talk of one room."""

    def __init__(self) -> None:
        self.version = 0  # of what came or was read
        self.is_behind = False  # something did not come
        self.loaded = False
        self.frozen = False
        self._kept = True
        self._named = True
        self._messages: deque[dict[str, Any]] = deque(maxlen=RECENT_MESSAGES)
        self._questions: dict[str, dict[str, Any]] = {}
        self._asked_by: dict[str, dict[str, Any]] = {}  # question → the face of whoever asked, where it is not stored
        self._removed: deque[str] = deque(maxlen=_MOST_REMOVED)
        self._to_say: list[dict[str, Any]] = []
        self._to_unsay: list[messages.RemovedMessage] = []
        self._reactions_here: Counter[str] = Counter()  # of this process's pages, not yet on the bus
        self._reactions: Counter[str] = Counter()  # of everybody, not yet told

    # --- What comes ---------------------------------------------------------------------------------------------------

    def came(self, version: int) -> None:
        """Something came that brings the talk this far."""
        self.is_behind = self.is_behind or (self.loaded and version > self.version + 1)
        self.version = max(self.version, version)

    def said(self, message: dict[str, Any], version: int) -> None:
        """A message was written."""
        self.came(version)
        if self._knows(message["id"]):
            return
        self._to_say.append(message)
        if self._kept:
            self._messages.append(message)

    def unsaid(self, message: str, by: str, version: int) -> None:
        """A message is no more; one that was not told yet is never told."""
        self.came(version)
        if message in self._removed:
            return
        self._removed.append(message)
        self._messages = deque((known for known in self._messages if known["id"] != message), RECENT_MESSAGES)
        still_to_say = [known for known in self._to_say if known["id"] != message]
        if len(still_to_say) == len(self._to_say):
            self._to_unsay.append(messages.RemovedMessage(message, by))
        self._to_say = still_to_say

    def asked(self, questions: Iterable[dict[str, Any]]) -> None:
        """Questions are new: remember who asked, for those who are here."""
        self._asked_by |= {question["id"]: question["author"] for question in questions}

    def reacted_here(self, reaction: str) -> None:
        """Somebody at a page of this process reacted."""
        self._reactions_here[reaction] += 1

    def reacted(self, counts: dict[str, int]) -> None:
        """People at pages of some process reacted."""
        self._reactions.update(counts)

    def take_reactions_here(self) -> dict[str, int]:
        """What is to go onto the bus."""
        counts, self._reactions_here = dict(self._reactions_here), Counter()
        return counts

    def read(self, talk: selectors.RoomTalk) -> list[messages.Event]:
        """What the database says: kept from now on.

        Returns:
            What pages are to be told of it; nothing at the first reading, for they are given the whole.
        """
        first, self.loaded = not self.loaded, True
        self._kept, self._named, self.frozen = talk.kept, talk.named, talk.frozen
        is_newest = talk.version >= self.version
        stored = [dataclasses.asdict(message) for message in talk.messages]
        self._compare_messages(stored, takes_away=is_newest and not first, tells=not first)
        if is_newest:
            self.version, self.is_behind = talk.version, False
        return self.read_questions(talk.questions) if not first else self._first_questions(talk.questions)

    def _compare_messages(self, stored: list[dict[str, Any]], *, takes_away: bool, tells: bool) -> None:
        if not self._kept:
            self._messages.clear()
            return
        ids = {message["id"] for message in stored}
        oldest = stored[0]["at"] if len(stored) == RECENT_MESSAGES else ""
        for message in list(self._messages) if takes_away else ():
            if message["id"] not in ids and message["at"] >= oldest:
                self.unsaid(message["id"], "", 0)
        known = {message["id"]: message for message in self._messages}
        fresh = [m for m in stored if m["id"] not in known and m["id"] not in self._removed]
        if tells:
            self._to_say += fresh
        both = sorted([*known.values(), *fresh], key=lambda message: message["at"])
        self._messages = deque(both, RECENT_MESSAGES)

    def _first_questions(self, questions: list[Question]) -> list[messages.Event]:
        self._questions = {question["id"]: question for question in self._named_anew(questions)}
        return []

    def read_questions(self, questions: list[Question]) -> list[messages.Event]:
        """What pages are to be told, now that the questions are these."""
        before = self._questions
        now = {question["id"]: question for question in self._named_anew(questions)}
        self._questions = now
        self._asked_by = {id_: face for id_, face in self._asked_by.items() if id_ in now}
        changed = [q for id_, q in now.items() if id_ not in before or {**before[id_], "votes": q["votes"]} != q]
        told = {question["id"] for question in changed}
        votes = [q for id_, q in now.items() if id_ not in told and before[id_]["votes"] != q["votes"]]
        gone = [id_ for id_ in before if id_ not in now]
        frames: list[messages.Event] = []
        if changed or gone:
            frames.append(messages.QuestionsChanged(changed, gone))  # type: ignore[arg-type]
        if votes:
            frames.append(messages.QuestionsVoted([messages.Votes(q["id"], q["votes"]) for q in votes]))
        return frames

    def _named_anew(self, questions: list[Question]) -> list[dict[str, Any]]:
        plain = [dataclasses.asdict(question) for question in questions]
        for question in plain:
            if not question["author"]["id"]:
                question["author"] = self._asked_by.get(question["id"], question["author"])
        return plain

    def _knows(self, message: str) -> bool:
        told = any(known["id"] == message for known in (*self._messages, *self._to_say))
        return told or message in self._removed

    # --- What goes out ------------------------------------------------------------------------------------------------

    def take(self) -> list[messages.Event]:
        """What pages are to be told now, of chat and reactions."""
        frames: list[messages.Event] = []
        if self._to_say:
            frames.append(messages.ChatSaid(self._to_say))  # type: ignore[arg-type]
        if self._to_unsay:
            frames.append(messages.ChatRemoved(self._to_unsay))
        if self._reactions:
            counts = [messages.ReactionCount(reaction, count) for reaction, count in sorted(self._reactions.items())]
            frames.append(messages.RoomReacted(counts))
        self._to_say, self._to_unsay, self._reactions = [], [], Counter()
        return frames

    @property
    def has_questions(self) -> bool:
        """Whether there is something to have voted for."""
        return bool(self._questions)

    def whole(
        self, voted: list[str], wait: int, waiting: Iterable[dict[str, Any]] = (), quiet: Collection[str] = ()
    ) -> dict[str, Any]:
        """What a page is given that comes now. Where names are not kept, nobody who comes later is told who wrote what.
        `quiet` are the people whom this page does not want to read: what would be told with their name is left out."""
        return {
            "kept": self._kept,
            "messages": left_by(self._for_newcomers(self._messages), quiet),
            "questions": left_by(self._for_newcomers(self._questions.values()), quiet),
            "voted": voted,
            "wait": wait,
            "waiting": list(waiting),
            "quiet": list(quiet),
        }

    def _for_newcomers(self, written: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        if self._named or not self._kept:
            return list(written)
        nobody = dataclasses.asdict(selectors.NOBODY)
        return [{**one, "author": nobody} for one in written]
