"""These tests see no setting of the machine's."""

import pytest

from loupe.settings import Settings, variable
from tests.cli.running import bare


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting from outside, no .env of the working directory."""
    bare(monkeypatch, tmp_path_factory.mktemp("where"), [variable(name) for name in Settings.model_fields])
