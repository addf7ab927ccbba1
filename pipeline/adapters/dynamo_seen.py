"""What came in already, in the DynamoDB table: ``seen#KIND#KEY``, forgotten after a while."""

import time

from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import Put, Table, Value

SEEN = "seen"


class DynamoSeen:
    """Remembers keys of one kind for ``seconds``."""

    def __init__(self, table: Table, kind: str, seconds: float) -> None:
        self._table, self._kind, self._seconds = table, kind, seconds

    def knows(self, key: str) -> bool:
        """Was it kept before? DynamoDB may remember it for longer than asked."""
        return self._table.get(self._pk(key), SEEN) is not None

    def keep(self, key: str) -> bool:
        """Remember it; False when it was remembered before."""
        until = int(time.time() + self._seconds)
        later = f"attribute_not_exists(pk) OR #{TTL}<=:now"
        item: dict[str, Value] = {"pk": self._pk(key), "sk": SEEN, TTL: until}
        return self._table.write(Put(item, later, {"now": int(time.time())}))

    def _pk(self, key: str) -> str:
        return f"seen#{self._kind}#{key}"
