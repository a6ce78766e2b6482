"""Whose a work address is, and which are nobody's."""

import pytest

from accounts.claims import work_domains
from accounts.claims.work_domains import DomainRefused, mailbox, readable, work_address


@pytest.mark.parametrize(
    ("typed", "address", "organisation"),
    [
        ("amara@harbour-fab.com", "amara@harbour-fab.com", "harbour-fab.com"),
        (" A.Okafor@Mail.Harbour-Fab.CO.KR ", "a.okafor@mail.harbour-fab.co.kr", "harbour-fab.co.kr"),
        ("amara@cs.kaist.ac.kr", "amara@cs.kaist.ac.kr", "kaist.ac.kr"),
        ("amara@harbour-fab.com.", "amara@harbour-fab.com", "harbour-fab.com"),
        ("amara@삼성.한국", "amara@xn--cg4bki.xn--3e0b707e", "xn--cg4bki.xn--3e0b707e"),
        ("amara@XN--CG4BKI.xn--3e0b707e", "amara@xn--cg4bki.xn--3e0b707e", "xn--cg4bki.xn--3e0b707e"),
        ("amara@ｈarbour-fab.com", "amara@harbour-fab.com", "harbour-fab.com"),
    ],
)
def test_one_spelling_and_the_domain_that_somebody_registered(typed: str, address: str, organisation: str) -> None:
    assert work_address(typed) == (address, organisation)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("amara@gmail.com", work_domains.FREE_MAIL),
        ("amara@GMAIL.com", work_domains.FREE_MAIL),
        ("amara@ｇmail.com", work_domains.FREE_MAIL),
        ("amara@vip.qq.com", work_domains.FREE_MAIL),
        ("amara@anything.naver.com", work_domains.FREE_MAIL),
        ("amara@mailinator.com", work_domains.THROW_AWAY),
        ("amara@sub.mailinator.com", work_domains.THROW_AWAY),
        ("amara@co.kr", work_domains.NO_ORGANISATION),
        ("amara@com", work_domains.NO_ORGANISATION),
        ("amara@github.io", work_domains.NO_ORGANISATION),
        ("amara@localhost", work_domains.NO_ORGANISATION),
        ("amara@nothing.invalidtoplevel", work_domains.NO_ORGANISATION),
        ("amara@127.0.0.1", work_domains.NO_ORGANISATION),
        ("amara@[127.0.0.1]", work_domains.INVALID),
        ("amara@-bad-.com", work_domains.INVALID),
        ("아마라@harbour-fab.com", work_domains.INVALID),
        ("@harbour-fab.com", work_domains.INVALID),
        ("amara", work_domains.INVALID),
    ],
)
def test_where_anybody_gets_an_address_nobody_works(typed: str, code: str) -> None:
    with pytest.raises(DomainRefused) as refused:
        work_address(typed)
    assert refused.value.code == code


def test_a_mailbox_has_one_name_whatever_follows_the_plus() -> None:
    assert mailbox("amara+2@harbour-fab.com") == mailbox("amara@harbour-fab.com") == "amara@harbour-fab.com"
    assert mailbox("+@harbour-fab.com") == "+@harbour-fab.com"


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("harbour-fab.com", "harbour-fab.com"),
        ("xn--cg4bki.xn--3e0b707e", "삼성.한국"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),  # Cyrillic letters that read as "apple"
        ("xn--mller-kva.de", "xn--mller-kva.de"),
    ],
)
def test_a_domain_is_shown_in_its_letters_only_where_they_pass_for_no_others(domain: str, shown: str) -> None:
    assert readable(domain) == shown
