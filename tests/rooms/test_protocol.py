"""The protocol's page and module are what the declarations say."""

import pytest

from rooms.domain import messages
from rooms.domain.errors import Code
from rooms.protocol import files
from rooms.signalling.commands import CHANGES
from rooms.signalling.consumer import CLOSE_CODES, FATAL, RoomConsumer
from rooms.wording import SENTENCES


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_the_generated_files_are_up_to_date(path) -> None:
    assert path.read_text() == files()[path], "run: manage.py protocol"


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Code)


def test_every_command_has_a_handler() -> None:
    assert {*RoomConsumer._HANDLERS, *CHANGES} == set(messages.COMMANDS.values())
    assert not RoomConsumer._HANDLERS.keys() & CHANGES.keys()


def test_every_fatal_refusal_has_a_close_code_or_the_plain_one() -> None:
    assert set(CLOSE_CODES) <= set(Code)
    assert set(FATAL) <= set(Code)
