"""DynamoDB tables for tests: MiniStack on loopback, a table for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pipeline.adapters import aws_client
from pipeline.adapters.dynamo_schema import definition
from pipeline.adapters.dynamo_table import Table
from tests.servers.ministack import KEYS, MiniStack, ministack


@contextmanager
def cloud(folder: Path) -> Iterator[MiniStack]:
    """MiniStack, with the environment pointing every client of this process at it."""
    before = dict(os.environ)
    with ministack(folder) as running:
        os.environ.update(KEYS | {"AWS_ENDPOINT_URL": running.url, "AWS_REGION": KEYS["AWS_DEFAULT_REGION"]})
        aws_client.client.cache_clear()
        try:
            yield running
        finally:
            os.environ.clear()
            os.environ.update(before)
            aws_client.client.cache_clear()


def table(running: MiniStack) -> Table:
    """A new table of Loupe's shape, with its stream."""
    name = f"loupe-{uuid4().hex[:12]}"
    shape = definition()
    shape["StreamSpecification"] |= {"StreamEnabled": True}
    aws_client.client("dynamodb").create_table(TableName=name, **shape)
    return Table(name)
