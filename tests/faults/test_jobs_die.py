"""Jobs and the clock die, come twice, or lose Redis and PostgreSQL: one mail, one text message, one deletion."""

import itertools
import signal
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.environment.receivers import Gateway, Mailbox
from tests.environment.separate_processes import Production
from tests.faults import measured
from tests.faults.town import HOST, SPEAKER

SENT_WITHIN_SECONDS = 30.0  # a worker that was killed begins anew, and the clock comes by every five seconds
REACHED_WITHIN_SECONDS = 20.0
BACK_WITHIN_SECONDS = 15.0
ENDS = "Warm shutdown"  # as Celery writes it
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def everything_runs(production: Production, mailbox: Mailbox, gateway: Gateway) -> Iterator[None]:
    """Before and after each test."""
    production.mend()
    yield
    for receiver in (mailbox, gateway):
        receiver.holding.release()
    production.mend()


def until(condition: Callable[[], object], what: str, within: float = SENT_WITHIN_SECONDS) -> None:
    """Wait for a condition."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(0.05)


def an_address() -> str:
    return f"reader-{next(_numbers)}@example.org"


def a_phone() -> str:
    return f"+8210{20_000_000 + next(_numbers)}"


def until_erased(production: Production, person: str) -> None:
    """Wait until nothing of a person is left."""
    until(
        lambda: production.backstage.ask("deletion_of", person=person)["state"] == "erased",
        f"erased: {production.backstage.ask('deletion_of', person=person)}",
    )


def another_comes(production: Production, mailbox: Mailbox) -> None:
    """The outbox is emptied once more from the beginning, whoever does it."""
    marker = an_address()
    production.backstage.ask("post", to=marker, occasion="marker")
    until(lambda: bool(mailbox.to(marker)), "a later mail")


@pytest.mark.parametrize("when", ["before it is taken", "when it is taken and not yet known to be"])
def test_jobs_killed_while_they_hand_over_a_mail_send_it_once(
    production: Production, mailbox: Mailbox, when: str
) -> None:
    address = an_address()
    mailbox.holding.hold(takes_first=when.startswith("when"))
    production.backstage.ask("post", to=address, occasion="killed")
    assert mailbox.holding.reached.wait(REACHED_WITHIN_SECONDS)
    production.jobs.kill()
    mailbox.holding.release()
    production.jobs.start()
    production.backstage.ask("claims_are_old")
    until(lambda: production.backstage.ask("unsent") == 0, "all is sent")
    another_comes(production, mailbox)
    assert len(mailbox.letters(address)) == 1
    assert len(mailbox.to(address)) == (2 if when.startswith("when") else 1)


def test_jobs_that_are_asked_to_end_finish_what_they_do(production: Production, mailbox: Mailbox) -> None:
    address, later = an_address(), an_address()
    mailbox.holding.hold(takes_first=False)
    production.backstage.ask("post", to=address, occasion="asked to end")
    assert mailbox.holding.reached.wait(REACHED_WITHIN_SECONDS)
    asked = production.jobs.said().count(ENDS)
    production.jobs.signal(signal.SIGTERM)
    until(lambda: production.jobs.said().count(ENDS) > asked, "it knows")
    assert production.jobs.runs
    assert mailbox.to(address) == []
    mailbox.holding.release()
    until(lambda: not production.jobs.runs, "it has ended by itself")
    assert len(mailbox.to(address)) == len(mailbox.letters(address)) == 1
    production.backstage.ask("post", to=later, occasion="asked to end")
    production.jobs.start()  # nobody's claim has to grow old
    until(lambda: bool(mailbox.to(later)), "the other mail")
    assert len(mailbox.to(address)) == 1


def test_jobs_killed_while_they_hand_over_a_text_message_send_it_once(production: Production, gateway: Gateway) -> None:
    phone = a_phone()
    gateway.holding.hold(takes_first=True)
    production.backstage.ask("post", to=phone, occasion="killed")
    assert gateway.holding.reached.wait(REACHED_WITHIN_SECONDS)
    production.jobs.kill()
    gateway.holding.release()
    production.jobs.start()
    production.backstage.ask("claims_are_old")
    until(lambda: production.backstage.ask("unsent") == 0, "all is sent")
    assert len(gateway.messages(phone)) == 1


def test_jobs_killed_in_the_middle_of_a_deletion_finish_it_once(production: Production, mailbox: Mailbox) -> None:
    made = production.backstage.ask("make", people=[HOST, SPEAKER], stage=[HOST], title="One of them goes")
    address = made["emails"][SPEAKER]
    person = production.backstage.ask("ask_to_be_deleted", email=address)
    with psycopg.connect(production.database.url) as holder:
        # Its last steps cannot be taken as long as somebody else holds the row.
        holder.execute("SELECT 1 FROM accounts_user WHERE public_id = %s FOR UPDATE", [person])
        production.backstage.ask("deliver", task="accounts.tasks.erase_accounts")
        until(lambda: production.backstage.ask("deletion_of", person=person)["state"] == "erasing", "it has begun")
        production.jobs.kill()
    production.jobs.start()
    production.backstage.ask("claims_are_old")
    production.backstage.ask("deliver", task="accounts.tasks.erase_accounts", times=3)
    until_erased(production, person)
    until(lambda: production.backstage.ask("unsent") == 0, "all is sent")
    another_comes(production, mailbox)
    assert production.backstage.ask("deletion_of", person=person)["recorded"] == 1
    subjects = [str(message["Subject"]) for message in mailbox.to(address)]
    assert len(subjects) == len(set(subjects)), subjects


def test_two_clocks_and_tasks_delivered_twice_do_everything_once(
    production: Production, mailbox: Mailbox, gateway: Gateway
) -> None:
    second = production.another_clock()
    second.start()
    try:
        made = production.backstage.ask("make", people=[HOST, SPEAKER], stage=[HOST], title="One of them goes")
        person = production.backstage.ask("ask_to_be_deleted", email=made["emails"][SPEAKER])
        addresses, phone = [an_address() for _ in range(5)], a_phone()
        for to in (*addresses, phone):
            production.backstage.ask("post", to=to, occasion="twice", times=2)
        for task in ("send_outbox", "erase_accounts"):
            production.backstage.ask("deliver", task=f"accounts.tasks.{task}", times=4)
        until(lambda: production.backstage.ask("unsent") == 0, "all is sent")
        until_erased(production, person)
        another_comes(production, mailbox)
        another_comes(production, mailbox)
    finally:
        second.stop()
    assert [len(mailbox.to(address)) for address in addresses] == [1] * 5
    assert len([message for message in gateway.taken if message["to"] == phone]) == 1
    assert production.backstage.ask("deletion_of", person=person)["recorded"] == 1


def redis_restarts(production: Production) -> None:
    production.redis.kill()
    production.redis.start()


def redis_loses_everything(production: Production) -> None:
    production.redis.kill()
    production.redis.lose_everything()
    production.redis.start()


def postgresql_restarts(production: Production) -> None:
    production.database.kill()
    production.database.start()


def the_clock_is_killed(production: Production) -> None:
    production.clock.kill()
    production.clock.start()


def jobs_are_killed(production: Production) -> None:
    production.jobs.kill()
    production.jobs.start()


FAULTS = {
    "kill -9 of Redis": redis_restarts,
    "kill -9 of Redis, its data lost": redis_loses_everything,
    "immediate stop of PostgreSQL": postgresql_restarts,
    "kill -9 of the clock": the_clock_is_killed,
    "kill -9 of jobs": jobs_are_killed,
}


IN_SHORT = ["kill -9 of Redis, its data lost", "immediate stop of PostgreSQL"]


@pytest.mark.parametrize("fault", FAULTS if measured.FULL else IN_SHORT)
def test_jobs_and_clock_go_on_by_themselves(production: Production, mailbox: Mailbox, fault: str) -> None:
    began = time.monotonic()
    FAULTS[fault](production)
    address = an_address()
    # Nudged by nobody: the clock's own run must come to the jobs and send it.
    production.backstage.ask("post_quietly", to=address, occasion="after a fault")
    until(lambda: bool(mailbox.to(address)), "sent by the clock", within=BACK_WITHIN_SECONDS)
    measured.note(fault, "clock to jobs to mail", clients=1, back=time.monotonic() - began)
