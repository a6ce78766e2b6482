"""Whose a work address is: the domain of an organisation, and none where anybody gets a mailbox."""

import functools
import unicodedata
from pathlib import Path

import idna
from disposable_email_domains import blocklist
from publicsuffixlist import PublicSuffixList

INVALID = "work_email_invalid"
FREE_MAIL = "work_email_free_mail"
THROW_AWAY = "work_email_throw_away"
NO_ORGANISATION = "work_email_no_organisation"

_FREE_MAIL = Path(__file__).with_name("free_mail.txt")
_OTHER_SCRIPTS = ("CJK ", "HANGUL ", "HIRAGANA ", "KATAKANA ")


class DomainRefused(Exception):
    """Nobody works there. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def work_address(address: str) -> tuple[str, str]:
    """A work address in one spelling, and the domain of its organisation: the part that somebody registered, in ASCII.
    `A.Okafor@Mail.Harbour-Fab.co.kr` is of `harbour-fab.co.kr`.

    Raises:
        DomainRefused: it is no address; or of a provider, for throwing away, or of a suffix under which anybody registers.
    """
    name, _at, typed = unicodedata.normalize("NFKC", address).strip().lower().rpartition("@")
    if not name or not name.isascii():
        raise DomainRefused(INVALID)
    try:
        host = idna.encode(typed.rstrip("."), uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise DomainRefused(INVALID) from error
    organisation = _suffixes().privatesuffix(host)
    if organisation is None or _suffixes().publicsuffix(host, accept_unknown=False) is None:
        raise DomainRefused(NO_ORGANISATION)
    names = _itself_and_parents(host)
    if not _free_mail().isdisjoint(names):
        raise DomainRefused(FREE_MAIL)
    if not _throw_away().isdisjoint(names):
        raise DomainRefused(THROW_AWAY)
    return f"{name}@{host}", organisation


def mailbox(address: str) -> str:
    """The mailbox behind an address in one spelling: what follows a plus sign in the name is no other person."""
    name, _at, host = address.rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def readable(domain: str) -> str:
    """A domain as it is shown: in its own letters only where none of them passes for a Latin one."""
    try:
        written = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
    strange = [letter for letter in written if not letter.isascii()]
    is_plain = all(unicodedata.name(letter, "").startswith(_OTHER_SCRIPTS) for letter in strange)
    return written if is_plain else domain


def _itself_and_parents(host: str) -> set[str]:
    parts = host.split(".")
    return {".".join(parts[place:]) for place in range(len(parts) - 1)}


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@functools.cache
def _free_mail() -> frozenset[str]:
    lines = (line.partition("#")[0].strip() for line in _FREE_MAIL.read_text().splitlines())
    return frozenset(line for line in lines if line)


@functools.cache
def _throw_away() -> frozenset[str]:
    return frozenset(blocklist)
