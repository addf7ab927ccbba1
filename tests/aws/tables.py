"""DynamoDB tables for tests: one for each, in MiniStack."""

from functools import cache
from typing import Any
from uuid import uuid4

from pipeline.adapters.dynamo_schema import definition
from pipeline.adapters.dynamo_table import Table
from tests.servers.ministack import MiniStack


def table(running: MiniStack) -> Table:
    """A new table of Loupe's shape, with its stream."""
    name = f"loupe-{uuid4().hex[:12]}"
    shape = definition()
    shape["StreamSpecification"] |= {"StreamEnabled": True}
    _client(running).create_table(TableName=name, **shape)
    return Table(name)


@cache
def _client(running: MiniStack) -> Any:
    """One for all tables: to make one takes a fifth of a second."""
    return running.client("dynamodb")
