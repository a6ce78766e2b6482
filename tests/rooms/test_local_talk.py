"""What one web process has told of a room's talk, without a bus or a database."""

from typing import Any

from rooms.domain import messages
from rooms.domain.messages import ChatMessage, Question
from rooms.local_talk import LocalTalk
from rooms.selectors import NOBODY, RoomTalk

LIN = messages.Face(id="lin", name="Lin Wei", initials="LW", tint=0, portrait="", role="member", claims=[])


def a_message(id_: str, at: str = "", author: messages.Face = LIN) -> ChatMessage:
    return ChatMessage(id=id_, author=author, text=f"text of {id_}", at=at or id_)


def a_question(id_: str, votes: int = 0, seconds_in: int = -1) -> Question:
    return Question(id_, NOBODY, f"text of {id_}", asked_at=id_, votes=votes, seconds_in=seconds_in)


def stored(version: int, *written: ChatMessage, questions: tuple[Question, ...] = (), **more: Any) -> RoomTalk:
    how = {"kept": True, "named": True, "frozen": False} | more
    return RoomTalk(version=version, messages=list(written), questions=list(questions), **how)


def a_talk(*written: ChatMessage, version: int = 1, **more: Any) -> LocalTalk:
    talk = LocalTalk()
    assert talk.read(stored(version, *written, **more)) == []
    return talk


def plain(message: ChatMessage) -> dict[str, Any]:
    return {"id": message.id, "author": {"id": "lin", "name": "Lin Wei"}, "text": message.text, "at": message.at}


def ids(talk: LocalTalk) -> list[str]:
    return [message["id"] for message in talk.whole([], 0)["messages"]]


def taken(talk: LocalTalk) -> dict[str, Any]:
    return {type(frame).__name__: frame for frame in talk.take()}


def test_what_comes_twice_is_told_once() -> None:
    talk = a_talk(a_message("1"))
    talk.said(plain(a_message("1")), 1)
    talk.said(plain(a_message("2")), 2)
    talk.said(plain(a_message("2")), 2)
    assert [message["id"] for message in taken(talk)["ChatSaid"].messages] == ["2"]
    assert taken(talk) == {}
    assert ids(talk) == ["1", "2"]


def test_a_removed_message_does_not_come_back_by_a_late_reading() -> None:
    talk = a_talk(a_message("1"))
    talk.unsaid("1", "Ji-woo Han", 2)
    talk.read(stored(1, a_message("1")))  # begun before it was removed
    assert ids(talk) == []
    assert [gone.id for gone in taken(talk)["ChatRemoved"].messages] == ["1"]


def test_what_came_while_the_database_was_read_is_not_taken_away_by_it() -> None:
    talk = a_talk(a_message("1"))
    talk.said(plain(a_message("2")), 2)
    taken(talk)
    talk.read(stored(1, a_message("1")))  # begun before the second was written
    assert taken(talk) == {}
    assert ids(talk) == ["1", "2"]


def test_what_the_bus_lost_is_noticed_and_read() -> None:
    talk = a_talk(a_message("1"), a_message("2"), version=2)
    talk.said(plain(a_message("5")), 5)
    assert talk.is_behind
    talk.read(stored(5, a_message("1"), a_message("3"), a_message("5")))
    frames = taken(talk)
    assert [message["id"] for message in frames["ChatSaid"].messages] == ["5", "3"]
    assert [gone.id for gone in frames["ChatRemoved"].messages] == ["2"]
    assert (ids(talk), talk.is_behind) == (["1", "3", "5"], False)


def test_messages_that_are_too_old_to_be_given_are_not_taken_for_removed() -> None:
    talk = a_talk(*(a_message(f"{place:03}") for place in range(50)))
    talk.read(stored(60, *(a_message(f"{place:03}") for place in range(10, 60))))
    assert "ChatRemoved" not in taken(talk)


def test_only_what_changed_of_the_questions_is_told() -> None:
    talk = a_talk(questions=(a_question("1"), a_question("2"), a_question("3")))
    now = (a_question("1", votes=2), a_question("3", seconds_in=60), a_question("4"))
    changed, voted = talk.read_questions(list(now))
    assert isinstance(changed, messages.QuestionsChanged)
    assert ([question["id"] for question in changed.questions], changed.removed) == (["3", "4"], ["2"])  # type: ignore[index]
    assert voted == messages.QuestionsVoted([messages.Votes("1", 2)])
    assert talk.read_questions(list(now)) == []


def test_who_asked_is_told_to_those_who_are_here_only() -> None:
    talk = a_talk(named=False)
    talk.asked([{"id": "1", "author": {"id": "lin", "name": "Lin Wei"}}])
    (frame,) = talk.read_questions([a_question("1")])
    assert frame.questions[0]["author"]["name"] == "Lin Wei"  # type: ignore[union-attr, index]
    assert talk.whole([], 0)["questions"][0]["author"]["name"] == ""


def test_off_the_record_nothing_is_given_to_who_comes() -> None:
    talk = a_talk(kept=False, named=False)
    talk.said(plain(a_message("1")), 0)
    assert len(taken(talk)["ChatSaid"].messages) == 1
    assert ids(talk) == []


def test_reactions_are_added_up() -> None:
    talk = a_talk()
    for reaction in ("agree", "agree", "idea"):
        talk.reacted_here(reaction)
    talk.reacted(talk.take_reactions_here())
    talk.reacted({"agree": 3})
    counts = taken(talk)["RoomReacted"].counts
    assert [(one.reaction, one.count) for one in counts] == [("agree", 5), ("idea", 1)]
    assert talk.take_reactions_here() == {}
