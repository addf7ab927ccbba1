"""MiniStack, started once for all tests that want it."""

from collections.abc import Iterator

import pytest

from tests.servers.ministack import MiniStack, ministack


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """SNS and SQS on loopback."""
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running
