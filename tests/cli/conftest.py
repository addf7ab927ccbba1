"""Every test of the command line starts without settings; a lived-in data folder is there for who asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loupe.ground import Ground
from loupe.settings import Settings, variable
from tests.cli import keeping
from tests.cli.running import bare


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that ``base`` copies."""
    return keeping.lived_in(tmp_path_factory.mktemp("lived_in"))


@pytest.fixture
def base(made: Path, tmp_path: Path) -> Iterator[Ground]:
    """A data folder of the test's own in which two pictures have been through the chain."""
    opened = keeping.opened(made, tmp_path)
    yield opened
    opened.database.close()
