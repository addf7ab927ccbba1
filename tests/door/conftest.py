"""The two counters, by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.counter import Counter, in_a_bucket, on_this_machine
from tests.servers.seaweed import Seaweed


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Counter]:
    with on_this_machine(tmp_path) as counter:
        yield counter


@pytest.fixture
def bucket(tmp_path: Path, amazon: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    with in_a_bucket(tmp_path, amazon, monkeypatch) as counter:
        yield counter


@pytest.fixture(params=["machine", "bucket"])
def counter(request: pytest.FixtureRequest) -> Counter:
    found: Counter = request.getfixturevalue(request.param)
    return found
