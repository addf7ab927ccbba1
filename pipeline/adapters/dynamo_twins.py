"""Which images have which bytes, and which was first, in the DynamoDB table."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from pipeline.adapters.dynamo_bytes import FREE, ORIGINAL, key, now, patiently
from pipeline.adapters.dynamo_image import earlier
from pipeline.adapters.dynamo_items import USE
from pipeline.adapters.dynamo_table import Put, Table, Update
from pipeline.adapters.dynamo_tombstones import alive
from pipeline.errors import Unknown
from pipeline.model import Earlier


class DynamoTwins:
    """``pipeline.ports.Twins``: note the use, then settle whose was first."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, sha256: str, image: str) -> Earlier | None:
        """See ``Twins.claim``. The first stays the first, also when it asks again.

        Clocks of functions differ, so their times only propose who was first: the item ``original`` takes the
        first proposal and stays with it. Waits while somebody takes the bytes away (``dynamo_bytes``).
        """
        self._use(sha256, image)
        patiently(lambda: self._propose(sha256))
        return self._first(sha256, image)

    def _use(self, sha256: str, image: str) -> None:
        """Note the use, unless the image was erased: then nothing is kept for it. Raises ``Unknown``."""
        change = "SET #image=:image,#at=if_not_exists(#at,:now)"
        use = Update(key(sha256), f"{USE}{image}", change, given=now() | {"image": image})
        used = Put({"pk": image, "sk": f"{USE}{sha256}"})
        if not self._table.write(use, used, alive(image)):
            raise Unknown(f"There is no image '{image}'.")

    def _propose(self, sha256: str) -> bool:
        known = self._known_first(sha256)
        image = known or next(self._by_age(sha256))["image"]
        change = "SET #first=if_not_exists(#first,:image)"
        return self._table.write(Update(key(sha256), ORIGINAL, change, FREE, now() | {"image": image}))

    def _first(self, sha256: str, image: str) -> Earlier | None:
        """The first one that is still there, noted as such."""
        first = self._known_first(sha256) or image
        for use in chain([{"image": first}], self._by_age(sha256)):
            if found := earlier(self._table, use["image"]):
                if self._stays(sha256, first, found.image):
                    return found if found.image != image else None
                return self._first(sha256, image)  # somebody else has just found the next
        return None

    def _stays(self, sha256: str, gone: str, first: str) -> bool:
        """Note the next where the first is gone; False where somebody else has noted one."""
        given, change = {"gone": gone, "first": first}, "SET #first=:first"
        same = gone == first
        return same or self._table.write(Update(key(sha256), ORIGINAL, change, "#first=:gone", given))

    def _known_first(self, sha256: str) -> str | None:
        return (self._table.get(key(sha256), ORIGINAL) or {}).get("first")

    def _by_age(self, sha256: str) -> Iterator[dict[str, Any]]:
        """The uses, the oldest first; read when the first of them is asked for."""
        yield from sorted(self._table.query(key(sha256), USE), key=lambda use: (use["at"], use["image"]))
