"""What is shown when nothing can be relied on: in three languages, styled, from web and from the proxy alike."""

import re
from pathlib import Path

import pytest
from django.test import RequestFactory

from config import errors

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "static" / "errors").glob("*.html"))
NGINX = (ROOT / "deploy" / "nginx" / "mitalk.conf.template").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_says_the_same_in_three_languages_without_anything_within(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r'<(?:h1|h2) ?(?:lang="([^"]*)")?>', text) == ["", "zh-Hans", "ko"]
    assert text.count("<p") == 3
    assert "<script" not in text
    assert "<style" not in text
    assert 'name="viewport"' in text
    for address in re.findall(r'href="/static/([^"]+)"', text):
        assert (ROOT / "static" / address).is_file()


def test_nginx_shows_pages_that_are_there() -> None:
    named = re.findall(r"(?m)^    error_page .* /static/(errors/[a-z_]+\.html);$", NGINX)
    assert len(named) == 3
    assert all((ROOT / "static" / name).is_file() for name in named)


def test_what_breaks_is_told_without_anything_that_may_break_too() -> None:
    answer = errors.server_error(RequestFactory().get("/"))
    assert (answer.status_code, answer["X-Error-Code"]) == (500, "server_error")
    assert "저희 쪽에서 문제가 생겼습니다" in answer.content.decode()
    assert "style-src 'self'" in answer["Content-Security-Policy"]
