"""Every command: found by its file, helped, taking --data, and ending with the status that was promised."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from loupe import cli
from loupe.cli import main
from pipeline.errors import LoupeError, Misconfigured, Rejected, Transient, Unavailable, Unknown
from tests.cli.running import loupe

COMMANDS = main.list_commands(click.Context(main))


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def test_there_is_a_command_for_each_file() -> None:
    folder = Path(cli.__file__).parent / "commands"
    assert sorted(path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_a_data_folder(name: str) -> None:
    assert any("--data" in parameter.opts for parameter in command(name).params)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    shown = loupe(name, "--help")
    assert shown.exit_code == 0
    assert len((command(name).help or "").split()) > 4
    for parameter in command(name).params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.opts[0] in shown.output


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["status", "--colour"], ["check"], ["load"], ["up", "--port", "x"]]
)
def test_wrong_usage_is_status_2_with_a_hint(arguments: list[str]) -> None:
    wrong = loupe(*arguments)
    assert wrong.exit_code == 2
    assert "Usage: " in wrong.stderr
    assert wrong.stdout == ""


def test_help_lists_every_command() -> None:
    shown = loupe("--help")
    assert shown.exit_code == 0
    assert all(f"  {name} " in shown.output for name in COMMANDS)


def test_the_version_is_told() -> None:
    assert loupe("--version").output.startswith("main, version ") or "version" in loupe("--version").output


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Misconfigured, 2), (Unknown, 2), (Unavailable, 1), (Transient, 1), (Rejected, 1), (LoupeError, 1)],
)
def test_an_error_that_has_words_ends_in_them_and_its_status(
    fault: type[LoupeError], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise fault("In words.")

    monkeypatch.setattr(main, "get_command", lambda ctx, name: click.Command(name, callback=fail))
    ended = loupe("status")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (status, "", "In words.\n")


def test_an_error_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(main, "get_command", lambda ctx, name: click.Command(name, callback=fail))
    with pytest.raises(ZeroDivisionError):
        loupe("status")


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if name in ("status", "doctor", "replay", "check", "up")]
)
def test_a_wrong_setting_is_status_2_whatever_is_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PORT", "eighty")
    more = {"replay": ["--parked"], "check": [__file__]}.get(name, [])
    ended = loupe(name, *more)
    assert ended.exit_code == 2
    assert ended.stderr.startswith("LOUPE_PORT: 'eighty' will not do")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["flow", "manifest"])
def test_what_needs_no_data_makes_no_folder(name: str, tmp_path: Path) -> None:
    assert loupe(name, "--data", tmp_path / "none").exit_code == 0
    assert not (tmp_path / "none").exists()


def test_the_manifest_for_http_names_the_address() -> None:
    assert (
        "https://loupe.example/slack/events" in loupe("manifest", "--address", "https://loupe.example").stdout
    )
    assert "request_url" not in loupe("manifest").stdout


def test_the_sandbox_says_what_it_lacks() -> None:
    ended = loupe("sandbox", "--port", "8081", "--request-url", "http://127.0.0.1:8080/slack/events")
    assert ended.exit_code == 2
    assert "SLACK_BOT_TOKEN" in ended.stderr


def test_python_dash_m_is_the_same_command_line() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "loupe", "--help"], capture_output=True, text=True, check=True
    )
    assert "doctor" in told.stdout
