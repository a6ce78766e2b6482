"""Every word a person reads exists in English, Chinese and Korean."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("zh_Hans", "ko")
_PLACES = re.compile(r"%\([a-z_]+\)[sd]|SECONDS|NAME")


def catalogue(root: Path, locale: str) -> polib.POFile:
    return polib.pofile(str(root / "locale" / locale / "LC_MESSAGES" / "django.po"))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code in which the words were collected anew."""
    copy = tmp_path_factory.mktemp("words") / "mitalk"
    leave_out = shutil.ignore_patterns(".*", "var", "tests", "__pycache__", "node_modules", "js", "css", "img")
    shutil.copytree(ROOT, copy, ignore=leave_out)
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-obsolete", "-v", "0"]
    for locale in LOCALES:
        command += ["-l", locale]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return copy


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_code_is_translated(collected: Path, locale: str) -> None:
    found = catalogue(collected, locale)
    assert [entry.msgid for entry in found.untranslated_entries()] == []
    assert [entry.msgid for entry in found.fuzzy_entries()] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_filled_in_later_is_in_the_translation_too(locale: str) -> None:
    for entry in catalogue(ROOT, locale):
        original = entry.msgid_plural or entry.msgid
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            assert set(_PLACES.findall(translation)) == set(_PLACES.findall(original)), entry.msgid


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_catalogue_is_up_to_date(locale: str) -> None:
    source = catalogue(ROOT, locale)
    compiled = polib.mofile(str(ROOT / "locale" / locale / "LC_MESSAGES" / "django.mo"))
    assert {entry.msgid: entry.msgstr for entry in compiled} == {entry.msgid: entry.msgstr for entry in source}
    assert "nplurals=1" in compiled.metadata["Plural-Forms"]


def test_words_are_marked_by_names_that_the_collector_knows() -> None:
    """Under another name they would not be collected, and so never translated."""
    aliases = re.compile(r"\b[a-z]*gettext(?:_lazy)? as (?!_\b)\w+")
    code = [
        path for app in ("accounts", "config", "invites", "moderation", "rooms") for path in (ROOT / app).rglob("*.py")
    ]
    assert [str(path) for path in code if aliases.search(path.read_text())] == []
