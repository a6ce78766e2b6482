"""`bench enumeration`: does the time that an answer takes tell whether an address or a phone is known?

Every form that takes one is sent known and unknown ones in turn, by somebody else from elsewhere each time. Of each form are
printed both medians, how much of the two distributions overlaps, and how often the slower of two answers, a known and an
unknown one, is the known (50 per cent: a guess). The same for two halves of the unknown shows what chance does.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.management.base import CommandError
from django.urls import reverse

from rooms.audio.bench.figures import cores, milliseconds, percentile
from rooms.bench.server import Server

_WARM_UP = 5  # of each kind and form
_BINS = 10
_SEATS = "1000"
_CSRF = "c" * 32
_PASSWORD = "wrong horse battery"  # noqa: S105 - nobody's


@dataclass(frozen=True, slots=True)
class Form:
    """What is sent where, and before that, untimed."""

    name: str
    path: str
    fields: Callable[[str], dict[str, str]]
    takes_phones: bool = False
    prepares: str = ""
    is_signed_in: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this subcommand."""
    parser.add_argument("--people", type=int, default=100, help="known ones, and as many unknown")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measure; the figures by name.

    Raises:
        CommandError: it could not be measured; with what the server said last.
    """
    server_core, clients_core = cores()
    # Behind a proxy that says where each comes from: the limits of one address are not what is measured.
    environment = {
        "MITALK_PROXY_COUNT": "1",
        "MITALK_SMS_A_DAY": "1000000",
        "MITALK_SMS_A_DAY_TO_PREFIX": "*=1000000",
    }
    async with Server(core=server_core, clients_core=clients_core, environment=environment) as server:
        try:
            number = options["people"]
            made = json.loads(await server.manage("make_bench_contacts", str(number + _WARM_UP)))
            link = (await server.manage("create_invite", "--seats", _SEATS)).split()[-1]
            await server.start()
            askers = iter(made["askers"])
            rows = []
            for form in _forms(made, f"{urlsplit(link).path}accept/"):
                known = made["phones"] if form.takes_phones else made["emails"]
                rows.append(await asyncio.to_thread(_measure, server.port, form, known, askers))
        except Exception as error:
            raise CommandError(f"{error}\nThe server said last:\n{server.last_words()}") from error
    return {"people": number, "forms": rows}


def _forms(made: Mapping[str, Any], accept: str) -> list[Form]:
    said = {
        "name": "Somebody",
        "occupation": "Engineer",
        "industry": str(made["industry"]),
        "why": "To talk to others.",
    }
    return [
        Form("password", reverse("account_login"), lambda who: {"login": who, "password": _PASSWORD}),
        Form("mailed code", reverse("account_request_login_code"), lambda who: {"email": who}),
        Form("forgotten password", reverse("account_reset_password"), lambda who: {"email": who}),
        Form("sign-up", reverse("account_signup"), lambda who: {"email": who, "password1": _PASSWORD}, prepares=accept),
        Form("phone code", reverse("accounts:phone_sign_in"), lambda who: {"contact": who}, takes_phones=True),
        Form(
            "own phone", reverse("accounts:phone"), lambda who: {"contact": who}, takes_phones=True, is_signed_in=True
        ),
        Form("application", "/join/apply/", lambda who: {**said, "contact": who}),
        Form("application, phone", "/join/apply/", lambda who: {**said, "contact": who}, takes_phones=True),
        Form("never", "/never/", lambda who: {"contact": who}),
    ]


def _measure(port: int, form: Form, known: Sequence[str], askers: Iterator[str]) -> dict[str, Any]:
    """One form: known and unknown in turn, so that both meet the same moments."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    statuses = set()
    for place, who in enumerate(known):
        # The other goes first every other time.
        for is_known in (True, False) if place % 2 else (False, True):
            contact = who if is_known else _unknown(who)
            session = next(askers) if form.is_signed_in else ""
            status, took = _ask(connection, port, form, contact, session)
            statuses.add(status)
            if place >= _WARM_UP:
                seconds[is_known].append(took)
    connection.close()
    if len(statuses) != 1 or statuses & {403, 429, 500}:
        raise ConnectionError(f"{form.name} answered {sorted(statuses)}")
    unknown = seconds[False]
    return {
        "form": form.name,
        "known p50 ms": milliseconds(percentile(seconds[True], 50)),
        "unknown p50 ms": milliseconds(percentile(unknown, 50)),
        "overlap %": round(100 * overlap(seconds[True], unknown)),
        "known slower %": round(100 * slower(seconds[True], unknown)),
        "chance: overlap %": round(100 * overlap(unknown[::2], unknown[1::2])),
        "chance: slower %": round(100 * slower(unknown[::2], unknown[1::2])),
    }


def _unknown(known: str) -> str:
    """One as long, that nobody has."""
    if known.startswith("+"):
        return f"+82103{secrets.randbelow(10**7):07}"
    return f"none{secrets.randbelow(10**5):05}@bench.mitalk.example"


_networks = itertools.count(1)


def _ask(
    connection: http.client.HTTPConnection, port: int, form: Form, contact: str, session: str
) -> tuple[int, float]:
    """Status, and seconds until the whole answer was there."""
    number = next(_networks)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    cookies = {"csrftoken": _CSRF, **({"sessionid": session} if session else {})}
    if form.prepares:
        answer = _post(connection, port, form.prepares, {}, cookies, address)
        cookies["sessionid"] = answer.cookie
    began = time.perf_counter()
    answer = _post(connection, port, form.path, form.fields(contact), cookies, address)
    return answer.status, time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    cookie: str


def _post(
    connection: http.client.HTTPConnection,
    port: int,
    path: str,
    fields: Mapping[str, str],
    cookies: Mapping[str, str],
    address: str,
) -> _Answer:
    headers = {
        "Host": f"localhost:{port}",
        "Origin": f"http://localhost:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": _CSRF,
        "X-Forwarded-For": address,
    }
    connection.request("POST", path, urlencode(fields), headers)
    response = connection.getresponse()
    response.read()
    found = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
    session = next((value.split(";")[0].partition("=")[2] for value in found if value.startswith("sessionid=")), "")
    return _Answer(response.status, session)


def overlap(some: Sequence[float], others: Sequence[float]) -> float:
    """How much of two distributions is common, from 0 to 1: by bins that each hold a tenth of all values."""
    ordered = sorted([*some, *others])
    edges = [ordered[len(ordered) * step // _BINS] for step in range(1, _BINS)]
    shares = [
        [sum(sum(edge <= value for edge in edges) == place for value in values) / len(values) for place in range(_BINS)]
        for values in (some, others)
    ]
    return sum(map(min, *shares))


def slower(some: Sequence[float], others: Sequence[float]) -> float:
    """How often a value of some is the larger, of all pairs; a tie is half."""
    pairs = [(one > other) + (one == other) / 2 for one in some for other in others]
    return sum(pairs) / len(pairs)
