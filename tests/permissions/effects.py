"""What is seen in the database of an act that was allowed: no effect before, all of it after."""

from collections.abc import Callable

from rooms.domain.roles import Role
from tests.permissions.cast import LINE, LINK, NOTICE, State
from tests.permissions.statement import Standing, expected, is_already_so

Effect = Callable[[State, State, str, str], bool]  # before, now, who acted, on whom → whether it happened


def _came_back(was: State, now: State, me: str, them: str) -> bool:
    mine, before = now.people[me], was.people[me]
    return (
        mine["left_at"] is None
        and mine["joins"] == before["joins"] + 1
        and mine["connection"] != before["connection"]
        and mine["role"] == before["role"]
    )


def _left(was: State, now: State, me: str, them: str) -> bool:
    return _has_no_place(now, me)


def _has_no_place(now: State, person: str) -> bool:
    row = now.people[person]
    return (
        row["left_at"] is not None
        and (row["position"], row["muted"], row["number"]) == ("audience", True, 0)
        and (row["hand_number"], row["hand_at"], row["hand_line"]) == (0, None, "")
        and row["invited_by_id"] is None
        and row["place_until"] is None
    )


def _ended(was: State, now: State, me: str, them: str) -> bool:
    return now.room["phase"] == "ended" and all(row["left_at"] is not None for row in now.people.values())


def _muted(was: State, now: State, me: str, them: str) -> bool:
    return now.people[me]["position"] == "stage" and now.people[me]["muted"]


def _unmuted(was: State, now: State, me: str, them: str) -> bool:
    return now.people[me]["position"] == "stage" and not now.people[me]["muted"]


def _raised_hand(was: State, now: State, me: str, them: str) -> bool:
    if was.people[me]["invited_by_id"] is not None:
        return _is_seated(now, me)  # both keys have turned
    return now.people[me]["hand_number"] > 0 and now.people[me]["hand_line"] == LINE


def _is_seated(now: State, person: str) -> bool:
    row = now.people[person]
    wants_nothing = (row["hand_number"], row["hand_at"], row["hand_line"], row["invited_by_id"]) == (0, None, "", None)
    return row["position"] == "stage" and row["muted"] and row["number"] > 0 and wants_nothing


def _lowered_hand(was: State, now: State, me: str, them: str) -> bool:
    return now.people[me]["hand_number"] == 0 and now.people[me]["hand_at"] is None


def _lowered_other_hand(was: State, now: State, me: str, them: str) -> bool:
    return _lowered_hand(was, now, them, me)


def _closed_hands(was: State, now: State, me: str, them: str) -> bool:
    return now.room["hand_policy"] == "nobody"


def _invited(was: State, now: State, me: str, them: str) -> bool:
    if was.people[them]["hand_number"]:
        return _is_seated(now, them)  # both keys have turned
    return now.people[them]["invited_by_id"] == now.people[me]["id"]


def _withdrew(was: State, now: State, me: str, them: str) -> bool:
    return now.people[them]["invited_by_id"] is None and now.people[them]["position"] == "audience"


def _declined(was: State, now: State, me: str, them: str) -> bool:
    return _withdrew(was, now, me, me)


def _joined_stage(was: State, now: State, me: str, them: str) -> bool:
    return _is_seated(now, me)


def _left_stage(was: State, now: State, me: str, them: str) -> bool:
    mine = now.people[me]
    return (mine["position"], mine["muted"], mine["number"], mine["left_at"]) == ("audience", True, 0, None)


def _locked(was: State, now: State, me: str, them: str) -> bool:
    return now.room["locked"]


def _reset(was: State, now: State, me: str, them: str) -> bool:
    seated = {person for person, row in now.people.items() if row["position"] == "stage"}
    run_it = {
        person
        for person, row in was.people.items()
        if row["position"] == "stage" and row["role"] in (Role.MODERATOR, Role.HOST)
    }
    return seated == run_it and not any(row["hand_number"] or row["invited_by_id"] for row in now.people.values())


def _muted_other(was: State, now: State, me: str, them: str) -> bool:
    return _muted(was, now, them, me)


def _moved(was: State, now: State, me: str, them: str) -> bool:
    return _left_stage(was, now, them, me) and now.people[them]["sent_down"]


def _removed(was: State, now: State, me: str, them: str) -> bool:
    role = was.people[them]["role"]
    comes_back_as = {Role.MODERATOR: Role.MEMBER, Role.HOST: Role.MEMBER}.get(Role(role), role)
    host_moved = now.room["host_id"] != was.room["host_id"]
    return (
        _has_no_place(now, them)
        and now.people[them]["sent_down"]
        and now.people[them]["role"] == comes_back_as
        and host_moved == (role == Role.HOST)
    )


def _banned(was: State, now: State, me: str, them: str) -> bool:
    new = [ban for ban in now.bans if ban not in was.bans]
    target = now.people[them]
    expected_ban = {
        "participant_id": target["id"],
        "user_id": target["user_id"],
        "guest_key": target["guest_key"],
        "by_id": now.people[me]["user_id"],
        "reason": "Advertises",
    }
    return _removed(was, now, me, them) and [{name: ban[name] for name in expected_ban} for ban in new] == [
        expected_ban
    ]


def _reported(was: State, now: State, me: str, them: str) -> bool:
    new = [report for report in now.reports if report not in was.reports]
    said = [(report["reporter_id"], report["target_id"], report["category"], report["line"]) for report in new]
    target = now.people[them]["id"] if them else None
    return said == [(now.people[me]["id"], target, "harassment", "Shouts")]


def _blocked(was: State, now: State, me: str, them: str) -> bool:
    new = [(block["blocker_id"], block["blocked_id"]) for block in now.blocks if block not in was.blocks]
    return new == [(now.people[me]["user_id"], now.people[them]["user_id"])]


def _quieted(was: State, now: State, me: str, them: str) -> bool:
    new = [(mute["muter_id"], mute["muted_id"]) for mute in now.mutes if mute not in was.mutes]
    return new == [(now.people[me]["user_id"], now.people[them]["user_id"])]


def _heard_again(was: State, now: State, me: str, them: str) -> bool:
    gone = [(mute["muter_id"], mute["muted_id"]) for mute in was.mutes if mute not in now.mutes]
    return gone == [(now.people[me]["user_id"], now.people[them]["user_id"])]


def _named_moderator(was: State, now: State, me: str, them: str) -> bool:
    row = now.people[them]
    wants_nothing = not row["hand_number"] and row["invited_by_id"] is None
    keeps_seat = row["position"] == was.people[them]["position"]
    return row["role"] == Role.MODERATOR and row["moderator_since"] is not None and wants_nothing and keeps_seat


def _dismissed_moderator(was: State, now: State, me: str, them: str) -> bool:
    row = now.people[them]
    keeps_seat = row["position"] == was.people[them]["position"]
    return row["role"] == Role.MEMBER and row["moderator_since"] is None and keeps_seat


def _handed_over(was: State, now: State, me: str, them: str) -> bool:
    return (
        now.people[them]["role"] == Role.HOST
        and now.people[me]["role"] == Role.MODERATOR
        and now.room["host_id"] == now.people[them]["user_id"]
    )


def _froze(was: State, now: State, me: str, them: str) -> bool:
    return now.room["frozen"] and all(row["muted"] for row in now.people.values())


def _told(was: State, now: State, me: str, them: str) -> bool:
    return now.room["notice"] == NOTICE and now.room["notice_by"] != ""


def _new(before: list[dict], after: list[dict]) -> list[dict]:
    return [row for row in after if row["id"] not in {old["id"] for old in before}]


def _said(was: State, now: State, me: str, them: str) -> bool:
    said = [(row["author_id"], row["text"]) for row in _new(was.messages, now.messages)]
    return said == [(now.people[me]["id"], LINE)]


def _removed_message(was: State, now: State, me: str, them: str) -> bool:
    return len(was.messages) == 1 and now.messages == []


def _slowed(was: State, now: State, me: str, them: str) -> bool:
    return now.room["slow_mode"] == 30


def _turn_limited(was: State, now: State, me: str, them: str) -> bool:
    return now.room["turn_limit"] == 120


def _asked(was: State, now: State, me: str, them: str) -> bool:
    asked = [(row["author_id"], row["text"], row["votes"]) for row in _new(was.questions, now.questions)]
    return asked == [(now.people[me]["id"], LINE, 0)]


def _voted(was: State, now: State, me: str, them: str) -> bool:
    (question,) = now.questions
    voters = [(vote["question_id"], vote["participant_id"]) for vote in now.votes]
    return voters == [(question["id"], now.people[me]["id"])] and question["votes"] == 1


def _marked_answered(was: State, now: State, me: str, them: str) -> bool:
    return all(row["answered_at"] is not None and row["seconds_in"] is not None for row in now.questions)


def _removed_question(was: State, now: State, me: str, them: str) -> bool:
    return len(was.questions) == 1 and now.questions == []


def _pinned(was: State, now: State, me: str, them: str) -> bool:
    return (now.room["link_url"], now.room["link_title"]) == (LINK, "The data sheet")


EFFECTS: dict[str, Effect] = {
    "room.join": _came_back,
    "room.leave": _left,
    "room.end": _ended,
    "mic.mute": _muted,
    "mic.unmute": _unmuted,
    "hand.raise": _raised_hand,
    "hand.lower": _lowered_hand,
    "hand.lower_other": _lowered_other_hand,
    "hands.policy": _closed_hands,
    "stage.invite": _invited,
    "stage.withdraw": _withdrew,
    "stage.join": _joined_stage,
    "stage.decline": _declined,
    "stage.leave": _left_stage,
    "stage.lock": _locked,
    "stage.reset": _reset,
    "person.mute": _muted_other,
    "person.move": _moved,
    "person.remove": _removed,
    "person.ban": _banned,
    "person.report": _reported,
    "person.block": _blocked,
    "person.quiet": _quieted,
    "person.hear": _heard_again,
    "moderator.name": _named_moderator,
    "moderator.dismiss": _dismissed_moderator,
    "host.hand_over": _handed_over,
    "room.freeze": _froze,
    "room.message": _told,
    "chat.say": _said,
    "chat.remove": _removed_message,
    "chat.slow": _slowed,
    "turn.limit": _turn_limited,
    "question.ask": _asked,
    "question.vote": _voted,
    "question.answer": _marked_answered,
    "question.remove": _removed_question,
    "link.pin": _pinned,
}
READS = {"room.sync", "room.people", "room.audience", "room.react", "media.offer"}  # leave nothing in the database


def nothing_happened(was: State, now: State) -> bool:
    """Whether all is as before, and nothing is in the log."""
    return now == was and now.log == was.log


def check(
    command: str,
    answer: str,
    was: State,
    now: State,
    *,
    actor: tuple[Standing, str],
    target: tuple[Standing, str] | None = None,
) -> None:
    """Hold one cell to the statement: the answer, and what became of it. People are given by standing and id."""
    (standing, me), (whom, them) = actor, target or (None, "")
    said = expected(command, standing, whom, oneself=me == them)
    assert answer == said
    if said != "ok":
        assert nothing_happened(was, now)
    elif command in READS or is_already_so(command, standing, whom):
        assert now == was
    else:
        assert not EFFECTS[command](was, was, me, them), "it was so already: this cell shows nothing"
        assert EFFECTS[command](was, now, me, them), "it was answered with a yes, and did not happen"
