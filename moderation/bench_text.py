"""Texts against the lists of terms: what a message costs, and whether a long text costs by its length only."""

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

from invites.csv_files import read
from moderation.term_files import STARTER
from moderation.text.finding import Lists, Outcome, Term, TermKind

MOST_MS = 1.0
_MESSAGES = {
    "english": "Does packaging at the second foundry pay off, or do we wait for the next node?",
    "chinese": "先进封装在第二家代工厂划算吗？还是等下一代工艺再说？",
    "korean": "두 번째 파운드리에서 패키징을 하면 수지가 맞을까요, 아니면 다음 공정을 기다릴까요?",
    "disguised": "gu4r@nteed   r3turns!! add me on wh4tsapp, j o i n   m y   t e l e g r a m, 加·微·信 시1발",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How large the lists are."""
    parser.add_argument("--terms", type=int, default=3_000, help="entries beside the short list to begin with")
    parser.add_argument("--texts", type=int, default=1_000, help="how often each message is judged")


async def run(options: dict[str, Any]) -> dict[str, Any]:
    """Measured in the CPU time of this process, by lists of a size that staff could write."""
    lists = _lists(options["terms"])
    figures: dict[str, Any] = {"terms": options["terms"]}
    for name, text in _MESSAGES.items():
        lists.find(text)
        spent = _milliseconds(lambda text=text: [lists.find(text) for _ in range(options["texts"])])  # type: ignore[misc]
        figures[f"{name}_ms"] = round(spent / options["texts"], 3)
    long = (" ".join(_MESSAGES.values()) * 500)[:100_000]
    short = long[:10_000]
    figures["ms_10_kB"] = round(_milliseconds(lambda: lists.find(short)), 1)
    figures["ms_100_kB"] = round(_milliseconds(lambda: lists.find(long)), 1)
    figures["linear"] = figures["ms_100_kB"] < 15 * figures["ms_10_kB"]
    figures["held"] = all(figures[f"{name}_ms"] < MOST_MS for name in _MESSAGES) and figures["linear"]
    return figures


def _lists(more: int) -> Lists:
    chance = random.Random(7)  # noqa: S311 -- the same lists each time
    terms = [
        Term(line, row["pattern"], TermKind(row["kind"]), Outcome(row["outcome"]))
        for line, row in read(STARTER.read_bytes(), required=("pattern",))
    ]
    for place in range(more):
        letters = chance.choice(("abcdefghijklmnoprstuvwyz", "微信群号码加我扫代开发票", "시발병신원금보장수익리딩방"))
        pattern = "".join(chance.choices(letters, k=chance.randint(4, 10)))
        terms.append(Term(10_000 + place, pattern, TermKind.PART, Outcome.FLAG))
    return Lists(terms)


def _milliseconds(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000
