"""Every test of the command line starts without settings."""

from pathlib import Path

import pytest

from loupe.settings import Settings, variable
from tests.cli.running import bare


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])
