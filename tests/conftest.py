"""For all tests: examples that a property is tried on may take their time on a busy machine; numerics use one
processor, as in a worker. MiniStack's tables are for whoever asks for one."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pipeline.adapters.dynamo_table import Table
    from tests.servers.ministack import MiniStack

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator["MiniStack"]:
    """One MiniStack for all tests of a process."""
    from tests.aws.tables import cloud  # boto3 is loaded where it is needed

    with cloud(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(name="table")
def fresh_table(aws: "MiniStack") -> "Table":
    """A DynamoDB table of the test's own."""
    from tests.aws.tables import table

    return table(aws)
