"""What the tests need beside Python is named before any of them runs."""

import pytest

from tests.environment import programs


@pytest.fixture
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find", lambda program: None)


def test_every_missing_program_is_named_by_its_package(nothing_there: None) -> None:
    assert set(programs.missing_packages()) >= {
        "chromium",
        "firefox-esr",
        "pulseaudio",
        "coturn",
        "espeak-ng",
        "sox",
        "gettext",
        "redis-server",
        "postgresql",
        "nginx-light",
        "systemd",
        "iproute2",
        "nftables",
    }
    assert programs.missing_packages(lint_only=True) == ["nodejs", "npm"]


def test_who_may_not_install_is_told_the_one_line_to_type(nothing_there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_apt_prefix", lambda: None)
    with pytest.raises(SystemExit) as ended:
        programs.demand()
    said = str(ended.value)
    assert "Type: sudo apt-get update && sudo apt-get install -y nodejs npm chromium" in said
    assert "\n" not in said


def test_where_everything_is_there_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    programs.demand()
    assert capsys.readouterr().out == ""
