"""Which images have which bytes, and which was first, in the DynamoDB table."""

import time
from typing import Any

from pipeline.adapters.dynamo_bytes import BYTES, FREE, USE, key, now, patiently
from pipeline.adapters.dynamo_image import earlier
from pipeline.adapters.dynamo_table import NEW, Put, Table, Update, Value
from pipeline.model import Earlier


class DynamoTwins:
    """``pipeline.ports.Twins``: note the use, then settle whose was first."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """See ``Twins.claim``. The first stays the first, also when it asks again.

        Clocks of functions differ, so their times only propose who was first: the item ``bytes`` takes the
        first proposal and stays with it. Waits while somebody takes the bytes away (``dynamo_bytes``).
        """
        use: dict[str, Value] = {"pk": key(sha256), "sk": f"{USE}{image}", "image": image, "at": time.time()}
        self._table.write(Put(use, NEW))
        patiently(lambda: self._propose(sha256, min(self._uses(sha256), key=_age)["image"]))
        return self._first(sha256, image)

    def _propose(self, sha256: str, image: str) -> bool:
        change = "SET #first=if_not_exists(#first,:image)"
        return self._table.write(Update(key(sha256), BYTES, change, FREE, now() | {"image": image}))

    def _first(self, sha256: str, image: str) -> Earlier | None:
        """The first one that is still there, noted as such."""
        first = str((self._table.get(key(sha256), BYTES) or {}).get("first", image))
        for use in [{"image": first}, *sorted(self._uses(sha256), key=_age)]:
            if found := earlier(self._table, use["image"]):
                self._stay(sha256, first, found.image)
                return found if found.image != image else None
        return None

    def _stay(self, sha256: str, gone: str, first: str) -> None:
        if gone != first:
            given = {"gone": gone, "first": first}
            self._table.write(Update(key(sha256), BYTES, "SET #first=:first", "#first=:gone", given))

    def _uses(self, sha256: str) -> list[dict[str, Any]]:
        return list(self._table.query(key(sha256), USE))


def _age(use: dict[str, Any]) -> tuple[float, str]:
    return use["at"], use["image"]
