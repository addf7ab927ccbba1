"""Every test of the command line starts without settings, and leaves the log as it found it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from loupe.settings import Settings, variable
from tests.cli.running import bare


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])
    log = logging.getLogger("loupe")
    level = log.level
    yield
    log.setLevel(level)
