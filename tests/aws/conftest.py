"""One MiniStack for all tests of a process."""

from collections.abc import Iterator

import pytest

from pipeline.adapters.dynamo_table import Table
from tests.aws.tables import cloud, table
from tests.servers.ministack import MiniStack


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with cloud(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(name="table")
def fresh_table(aws: MiniStack) -> Table:
    return table(aws)
