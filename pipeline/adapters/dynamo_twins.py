"""Which images have which bytes, and which was first, in the DynamoDB table."""

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
        patiently(lambda: self._propose(sha256, min(self._uses(sha256), key=_age)["image"]))
        return self._first(sha256, image)

    def _use(self, sha256: str, image: str) -> None:
        """Note the use, unless the image was erased: then nothing is kept for it. Raises ``Unknown``."""
        change = "SET #image=:image,#at=if_not_exists(#at,:now)"
        use = Update(key(sha256), f"{USE}{image}", change, given=now() | {"image": image})
        used = Put({"pk": image, "sk": f"{USE}{sha256}"})
        if not self._table.write(use, used, alive(image)):
            raise Unknown(f"There is no image '{image}'.")

    def _propose(self, sha256: str, image: str) -> bool:
        change = "SET #first=if_not_exists(#first,:image)"
        return self._table.write(Update(key(sha256), ORIGINAL, change, FREE, now() | {"image": image}))

    def _first(self, sha256: str, image: str) -> Earlier | None:
        """The first one that is still there, noted as such."""
        first = str((self._table.get(key(sha256), ORIGINAL) or {}).get("first", image))
        for use in [{"image": first}, *sorted(self._uses(sha256), key=_age)]:
            if found := earlier(self._table, use["image"]):
                self._stay(sha256, first, found.image)
                return found if found.image != image else None
        return None

    def _stay(self, sha256: str, gone: str, first: str) -> None:
        if gone != first:
            given = {"gone": gone, "first": first}
            self._table.write(Update(key(sha256), ORIGINAL, "SET #first=:first", "#first=:gone", given))

    def _uses(self, sha256: str) -> list[dict[str, Any]]:
        return list(self._table.query(key(sha256), USE))


def _age(use: dict[str, Any]) -> tuple[float, str]:
    return use["at"], use["image"]
