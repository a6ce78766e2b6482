"""docs/security.md is whole, and what it names exists: numbers of the standard, files, tests, settings."""

import re

from django.conf import settings

from tests.environment.installation import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| V\d", line)]
# OWASP ASVS 5.0: the requirements of levels 1 and 2 in each section, and all of V17.
_UP_TO = {
    "V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2, "V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1, "V3.2": 2, "V3.3": 4,
    "V3.4": 6, "V3.5": 5, "V3.7": 2, "V4.1": 3, "V4.2": 1, "V4.3": 2, "V4.4": 4, "V5.1": 1, "V5.2": 3, "V5.3": 2, "V5.4": 3,
    "V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V6.6": 3, "V6.8": 4, "V7.1": 3, "V7.2": 4, "V7.3": 2, "V7.4": 5,
    "V7.5": 2, "V7.6": 2, "V8.1": 2, "V8.2": 3, "V8.3": 1, "V8.4": 1, "V9.1": 3, "V9.2": 4, "V10.1": 2, "V10.2": 2,
    "V10.3": 4, "V10.4": 11, "V10.5": 5, "V10.6": 2, "V10.7": 3, "V11.1": 2, "V11.2": 3, "V11.3": 3, "V11.4": 4, "V11.5": 1,
    "V11.6": 1, "V12.1": 3, "V12.2": 2, "V12.3": 4, "V13.1": 1, "V13.2": 5, "V13.3": 2, "V13.4": 5, "V14.1": 2, "V14.2": 4,
    "V14.3": 3, "V15.1": 3, "V15.2": 3, "V15.3": 7, "V16.1": 1, "V16.2": 5, "V16.3": 4, "V16.4": 3, "V16.5": 3, "V17.1": 2,
    "V17.2": 8, "V17.3": 2,
}  # fmt: skip
DEMANDED = {f"{section}.{number}" for section, most in _UP_TO.items() for number in range(1, most + 1)}


def test_every_requirement_has_its_row_once() -> None:
    assert len(DEMANDED) == 253 + 5  # beyond level 2: the five of V17 that are of level 3
    named = [number for row in ROWS for number in re.findall(r"V\d+\.\d+\.\d+", row.split("|")[1])]
    assert sorted(named) == sorted(DEMANDED)


def test_every_row_has_a_verdict_and_what_it_rests_on() -> None:
    for row in ROWS:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert cells[2] in ("holds", "n/a", "short"), row
        assert cells[3], row


def test_everything_that_is_named_is_there() -> None:
    for word in re.findall(r"`([^`\s]+)`", PAGE):
        path, _, test = word.partition("::")
        if "/" in path and "//" not in path and not path.startswith("/") and re.search(r"\.\w+$|/$|^\w+/\w+", path):
            assert (ROOT / path).exists(), word
            assert not test or re.search(rf"def {test}\(", (ROOT / path).read_text()), word
        elif re.fullmatch(r"[A-Z]+(?:_[A-Z0-9]+)+", word):
            assert hasattr(settings, word) or word in _everything_of_settings(), word
    for check in re.findall(r"mitalk\.[EW]\d+", PAGE):
        assert check in (ROOT / "config" / "checks.py").read_text(), check


def test_what_holds_names_a_file_a_test_or_a_setting() -> None:
    for row in ROWS:
        _numbers, _what, verdict, held = (cell.strip() for cell in row.strip("|").split("|"))
        if verdict == "holds":
            assert any(_is_there(word) for word in re.findall(r"`([^`\s]+)`", held)) or _checks_in(held), row


def _is_there(word: str) -> bool:
    """Whether it is a file, one of a file's tests, or a setting; a folder holds nothing by itself."""
    path, _, test = word.partition("::")
    if (ROOT / path).is_file():
        return not test or f"def {test}(" in (ROOT / path).read_text()
    return bool(re.fullmatch(r"[A-Z]+(?:_[A-Z0-9]+)*", word)) and hasattr(settings, word)


def _checks_in(held: str) -> list[str]:
    return re.findall(r"mitalk\.[EW]\d+", held)


def _everything_of_settings() -> str:
    return "".join(
        path.read_text() for path in [*(ROOT / "config" / "settings").glob("*.py"), ROOT / "config" / "env.py"]
    )


def test_no_script_writes_html_or_runs_text() -> None:
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\"message\", .*origin"
    )
    assert [str(path) for path in (ROOT / "static" / "js").rglob("*.js") if dangerous.search(path.read_text())] == []


def test_how_to_report_and_whom_it_is_built_against_is_said() -> None:
    assert "Reporting a hole" in (ROOT / "SECURITY.md").read_text()
    assert "What is not defended" in (ROOT / "docs" / "threat-model.md").read_text()
