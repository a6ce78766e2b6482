"""Phone numbers as people type them, in one spelling (E.164). Pure: no Django, no database.

A number without a country's `+` is only read in a region that somebody chose; none is ever guessed.
"""

import re
import unicodedata

import phonenumbers
from babel import Locale
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

NEEDS_REGION = "phone_needs_region"
INVALID = "phone_invalid"
NO_MESSAGES = "phone_takes_no_messages"

MOST_LETTERS = 40
USUAL_REGIONS = ("KR", "CN", "HK", "TW", "JP", "SG", "US", "GB", "DE", "FR")  # first in lists, in this order

_WRITTEN = re.compile(r"\+?[\d\s().\-/·–—]+")
# Numbers that a text message may reach. What is known to be a landline, free, premium or a pager is refused: money goes
# where such numbers are rented.
_TAKES_MESSAGES = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER}


class PhoneRefused(ValueError):
    """This cannot be read as a phone number that takes messages. `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(typed: str, region: str = "") -> str:
    """A typed number in E.164. `region` (ISO 3166, such as KR) is what the person chose, empty if nothing.

    A number that starts with `+` says its country itself, whatever was chosen.

    >>> parse("+82 010-1234-5678"), parse("010 1234 5678", "KR"), parse("+86 138 0013 8000")
    ('+821012345678', '+821012345678', '+8613800138000')

    Raises:
        PhoneRefused: `phone_needs_region` for a national form without a region; `phone_invalid`; `phone_takes_no_messages`.
    """
    # NFKC also turns wide digits and the wide plus of Chinese and Korean keyboards into plain ones.
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > MOST_LETTERS or not _WRITTEN.fullmatch(text):
        raise PhoneRefused(INVALID)
    if not text.startswith("+") and not region:
        raise PhoneRefused(NEEDS_REGION)
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        raise PhoneRefused(INVALID)
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        raise PhoneRefused(INVALID) from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneRefused(INVALID)
    if phonenumbers.number_type(number) not in _TAKES_MESSAGES:
        raise PhoneRefused(NO_MESSAGES)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def readable(e164: str) -> str:
    """A number with spaces, as its country writes it for foreigners.

    >>> readable("+821012345678")
    '+82 10-1234-5678'
    """
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def hint(e164: str) -> str:
    """Enough of a number for whoever knows it: its country and the last two digits.

    >>> hint("+821012345678")
    '+82 … 78'
    """
    return f"+{phonenumbers.parse(e164).country_code} … {e164[-2:]}"


def region_choices(language: str) -> list[tuple[str, str]]:
    """Every region with its name in a language (as Django calls it) and its prefix; the usual ones first."""
    names = Locale.parse(_BABEL.get(language, "en")).territories
    labels = {
        region: f"{names.get(region, region)} (+{phonenumbers.country_code_for_region(region)})"
        for region in phonenumbers.SUPPORTED_REGIONS
    }
    others = sorted((region for region in labels if region not in USUAL_REGIONS), key=lambda region: labels[region])
    return [(region, labels[region]) for region in (*USUAL_REGIONS, *others)]


_BABEL = {"en": "en", "zh-hans": "zh_Hans", "ko": "ko"}
