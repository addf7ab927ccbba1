"""For all tests. Examples that a property is tried on may take their time on a busy machine; in CI they are
the same each time: what fails there, fails because of a change. Numerics use one processor, as in a worker.
One S3 server and one MiniStack are for all who ask for them; boto3 is loaded then.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pipeline.adapters.dynamo_table import Table
    from tests.aws.packages import Packages
    from tests.servers.ministack import MiniStack
    from tests.servers.seaweed import Seaweed

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded

settings.register_profile("unhurried", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What tests are made of stays: looking for garbage in it takes seconds, again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """SeaweedFS, started once for all tests of a process."""
    from tests.servers.seaweed import seaweed

    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """MiniStack, started once for all tests of a process."""
    from tests.servers.ministack import ministack

    with ministack(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="session")
def packed() -> Packages:
    """The packages for Lambda, built once: processes that ask at the same time wait for the first."""
    from tests.aws.packages import packages

    return packages()


@pytest.fixture
def in_aws(aws: MiniStack) -> Iterator[MiniStack]:
    """MiniStack, with the environment pointing every client of this process at it while the test runs."""
    with aws.clients():
        yield aws


@pytest.fixture(name="table")
def fresh_table(in_aws: MiniStack) -> Table:
    """A DynamoDB table of the test's own."""
    from tests.aws.tables import table

    return table(in_aws)
