"""A page asks for all modules of a room at once: none is heard of only from the one that imports it."""

import posixpath
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from config.templatetags.modules import with_imports
from tests.factories import a_live_room, a_member

ENTRIES = ("js/room/page.js", "js/shell/shell.js", "js/check/page.js")
_NAMES_ANOTHER = re.compile(r"""^(?:import|export|\}).*?["'](\.[^"']+\.js)["']""", re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_whatever_a_module_imports_is_among_them(entry: str) -> None:
    found = with_imports(entry)
    assert found[0] == entry
    assert len(found) == len(set(found)) > 3
    for path in found:
        text = Path(str(finders.find(path))).read_text()
        named = {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in _NAMES_ANOTHER.findall(text)
        }
        assert named <= set(found), path


def test_several_that_import_the_same_ask_for_it_once() -> None:
    links = Template('{% load modules %}{% module_preloads "js/room/page.js" "js/check/page.js" %}').render(Context())
    assert len(re.findall("href", links)) == len(set(re.findall(r'href="([^"]+)"', links)))


@pytest.mark.django_db
def test_the_page_of_a_live_room_names_them(client: Client, recording_bus) -> None:
    member = a_member()
    client.force_login(member)
    page = client.get(reverse("rooms:room", args=[a_live_room(member).public_id])).content.decode()
    assert page.count('<link rel="modulepreload"') == len(with_imports("js/room/page.js"))
