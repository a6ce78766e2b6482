"""The clock of an audio worker's machine is ten minutes behind: its rooms are not lost, and nobody is put out."""

from collections.abc import Iterator

import pytest

from tests.environment.programs import fake_time
from tests.environment.receivers import Mailbox
from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.town import Town
from tests.faults.visitor import until

CLOCKS = {"audio behind": {"audio": "-10m"}}
NO_GAP_OVER_SECONDS = 0.5
SWEEPS = 3  # every two seconds whoever is gone is looked for
SENT_WITHIN_SECONDS = 20.0


@pytest.fixture(params=CLOCKS)
def clocks(request: pytest.FixtureRequest, production: Production) -> Iterator[str]:
    """Some parts begin anew by another time."""
    wrong = [part for part in production.parts if part.name in CLOCKS[request.param]]
    for part in wrong:
        part.stop()
        part.start(**fake_time(CLOCKS[request.param][part.name]))
    yield request.param
    for part in wrong:
        part.stop()
        part.start()


async def test_clocks_ten_minutes_apart(clocks: str, town: Town, mailbox: Mailbox) -> None:
    town.begin()
    for number in range(SWEEPS):
        # The clock's own runs come to the jobs, and those sweep rosters too.
        address = f"{town.room.lower()}-{number}@example.org"
        await town.ask_production("post_quietly", to=address, occasion="clocks")
        await until(lambda address=address: bool(mailbox.to(address)), "sent", within=SENT_WITHIN_SECONDS)
    await town.settles()
    measured.note_people(f"clocks: {clocks}", "everybody", town.listening)
    assert max(person.ears.longest_gap() for person in town.listening) < NO_GAP_OVER_SECONDS
    await town.nothing_was_lost()
