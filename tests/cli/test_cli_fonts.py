"""matplotlib keeps nothing in a home folder, and needs none that can be written to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loupe import fonts

ROOT = Path(__file__).parents[2]
DRAW = """
import sys
from pathlib import Path
from loupe import fonts
fonts.settle(Path(sys.argv[1]), Path(sys.argv[2]))
from pipeline.chart import draw
day = dict(date="2026-11-22", images=1, done=1, held=0, rejected=0, failed=0, waiting=0, bytes_saved=5)
assert draw([day] * 7).startswith(b"\\x89PNG")
"""


def draw(data: Path, shared: Path, home: Path) -> str:
    """What a process said that has drawn a chart."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", DRAW, str(data), str(shared)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder in which nobody may write."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o500)
    return folder


def test_the_list_made_at_installation_is_used_and_nothing_is_written_elsewhere(
    tmp_path: Path, home: Path
) -> None:
    shared = tmp_path / "shared"
    (shared / fonts.FOLDER).mkdir(parents=True)
    draw(tmp_path / "data", shared, home)
    assert list((shared / fonts.FOLDER).glob("fontlist*.json"))
    assert not (tmp_path / "data").exists()
    assert not list(home.iterdir())


def test_where_that_place_is_not_there_the_data_folder_takes_its_place(tmp_path: Path, home: Path) -> None:
    said = draw(tmp_path / "data", tmp_path / "nothing", home)
    assert list((tmp_path / "data" / "cache" / fonts.FOLDER).glob("fontlist*.json"))
    assert not list(home.iterdir())
    assert "temporary" not in said


def test_where_that_place_is_read_only_its_list_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(fonts.VARIABLE, raising=False)
    made = tmp_path / "shared" / fonts.FOLDER / "fontlist-v1.json"
    made.parent.mkdir(parents=True)
    made.write_text("{}")
    monkeypatch.setattr(os, "access", lambda *_: False)
    fonts.settle(tmp_path / "data", tmp_path / "shared")
    assert os.environ[fonts.VARIABLE] == str(tmp_path / "data" / "cache" / fonts.FOLDER)
    assert (tmp_path / "data" / "cache" / fonts.FOLDER / made.name).read_text() == "{}"


def test_what_the_environment_says_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fonts.VARIABLE, "/somewhere/else")
    fonts.settle(tmp_path)
    assert os.environ[fonts.VARIABLE] == "/somewhere/else"
