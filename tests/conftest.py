"""For all tests: examples that a property is tried on may take their time on a busy machine; numerics use one
processor, as in a worker; one S3 server for all who need it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.servers.seaweed import Seaweed

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """SeaweedFS, started once for all tests of a process that ask for it; boto3 is loaded then."""
    from tests.servers.seaweed import seaweed

    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running
