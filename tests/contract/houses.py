"""The house of tests/flow, with the ledger in a table instead of a file."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_items import NOTE, result_key
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_standings import DynamoStandings
from pipeline.adapters.dynamo_table import THERE, Put, Table, Update
from pipeline.ports import Wish
from tests.flow.publishing import House


@dataclass
class DynamoHouse(House):
    """Rows, runs and standings are in DynamoDB; files are in folders."""

    table: Table = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ledger = DynamoLedger(self.table)  # type: ignore[assignment]
        self.standings = DynamoStandings(self.table)  # type: ignore[assignment]

    def report(self, image: str) -> dict[str, Any]:
        return dict(DynamoCatalog(self.table, self.chain.names()).report(image))

    def wish(self, image: str, wish: Wish) -> None:
        self.table.write(Put({"pk": image, "sk": f"{NOTE}{wish}"}))

    def spoil(self, image: str, actor: str) -> None:
        key = result_key(actor, self.ledger.rows(image)[actor].revision)
        assert self.table.write(Update(image, key, "SET #body=:body", THERE, {"body": "{}"}))
