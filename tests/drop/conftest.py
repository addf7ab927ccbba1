"""A data folder for each test."""

from pathlib import Path

import pytest

from loupe.settings import Settings, variable
from tests.cli.running import bare
from tests.drop.places import Home


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")
