"""Operators are named by their ids in Slack; a name would be nobody, and nobody would hear of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from loupe.cli import main
from loupe.digests import today
from loupe.ground import ground
from loupe.keys import kept
from loupe.settings import load
from pipeline.errors import Misconfigured, Unavailable


@pytest.mark.parametrize("value", ["@ada", "ada", "U012AB3CD,grace", "C012AB3CD"])
def test_a_person_is_an_id(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LOUPE_OPERATORS", value)
    with pytest.raises(Misconfigured, match=r"LOUPE_OPERATORS: .* id of a person in Slack"):
        load()


@pytest.mark.parametrize("value", ["#ops", "ops", "U012AB3CD"])
def test_a_channel_is_an_id(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LOUPE_OPERATORS_CHANNEL", value)
    with pytest.raises(Misconfigured, match=r"LOUPE_OPERATORS_CHANNEL: .* id of a Slack channel"):
        load()


def test_ids_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_OPERATORS", "U012AB3CD, W045EF6GH")
    monkeypatch.setenv("LOUPE_OPERATORS_CHANNEL", "C012AB3CD")
    assert load().operators == ("U012AB3CD", "W045EF6GH")
    assert load().operators_channel == "C012AB3CD"


def test_no_sentence_ends_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_MAIL_TO", "nonsense")
    with pytest.raises(Misconfigured) as fault:
        load()
    assert ".." not in fault.value.words


def test_a_day_that_has_not_begun_has_no_digest(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path))
    tomorrow = today(base).date + timedelta(days=1)
    base.database.close()
    done = CliRunner().invoke(main, ["digest", "--date", str(tomorrow), "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "has not begun yet" in done.output


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "below" / "a.key"
    first = kept(path, "The key")
    assert (kept(path, "The key"), path.stat().st_mode & 0o077) == (first, 0)
    assert [each.name for each in path.parent.iterdir()] == ["a.key"]


def test_a_key_that_cannot_be_kept_is_told_by_what_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="The key of doors cannot be kept"):
        kept(tmp_path / "file" / "a.key", "The key of doors")
