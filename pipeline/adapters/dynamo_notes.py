"""What people asked for an image, in the image's partition of the DynamoDB table."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.adapters.dynamo_bytes import free, patiently
from pipeline.adapters.dynamo_due import CLOSE, due, opened
from pipeline.adapters.dynamo_image import newest
from pipeline.adapters.dynamo_items import NOTE
from pipeline.adapters.dynamo_table import Check, Delete, Put, Table, Update, Value
from pipeline.adapters.dynamo_tombstones import alive, stands
from pipeline.adapters.dynamo_turns import Partition
from pipeline.errors import Unknown
from pipeline.ports import Note, Wish
from pipeline.results import Accepted

KIND = "note"


class DynamoNotes:
    """``pipeline.ports.Notes``, and the clock's ``pipeline.wishes.Unheard``.

    A note is in the index ``open`` until a pass of the clock has seen that all its readers heard it.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None:
        """See ``Notes.set``. A wish to restore waits while somebody takes the bytes out of the store.

        Raises ``Unknown`` for an erased image.
        """

        def note() -> bool:
            at = time.time()
            said: dict[str, Value] = {"pk": image, "sk": _key(wish), "text": text, "person": person, "at": at}
            item = Put(said | opened(KIND, image, at))
            if self._table.write(item, alive(image), *self._at_rest(image, wish)):
                return True
            if stands(self._table, image):
                raise Unknown(f"There is no image '{image}'.")
            return False

        patiently(note)

    def get(self, image: str, wish: Wish) -> Note | None:
        """See ``Notes.get``."""
        found = self._table.get(image, _key(wish))
        if found is None:
            return None
        return Note(found["text"], found["person"], datetime.fromtimestamp(found["at"], UTC))

    def clear(self, image: str, wish: Wish) -> None:
        """See ``Notes.clear``."""
        self._table.write(Delete(image, _key(wish)))

    def unheard(
        self, readers: Mapping[Wish, Sequence[str]], older: float, limit: int
    ) -> list[tuple[str, str]]:
        """See ``Unheard.unheard``."""
        found: list[tuple[str, str]] = []
        for note in due(self._table, KIND, time.time() - older):
            if len(found) >= limit:
                break
            image = Partition(self._table, note["pk"])
            wish: Any = str(note["sk"]).removeprefix(NOTE)
            heard = {actor: _heard(image, note["at"], actor) for actor in readers.get(wish, ())}
            found += [(note["pk"], actor) for actor, by in heard.items() if by is False]
            if all(heard.values()):
                self._table.write(Update(note["pk"], note["sk"], CLOSE, "#at=:at", {"at": note["at"]}))
        return found[:limit]

    def _at_rest(self, image: str, wish: Wish) -> list[Check]:
        accepted = newest(self._table, image, "accept_image") if wish == "restore" else None
        if accepted is None or not isinstance(accepted.result, Accepted):
            return []
        return [free(accepted.result.sha256)]


def _heard(image: Partition, at: float, actor: str) -> bool | None:
    """Did a run of the actor begin after that moment? None: one is still to come.

    A row bears the time at which its run ended. One that had begun before the wish came may have missed it.
    """
    if not image.there:
        return True  # erased: nobody is to hear it
    row = image.rows.get(actor)
    if row is None or actor in image.tasks:
        return None
    return at <= row.at.timestamp() - row.ms / 1000


def _key(wish: str) -> str:
    return f"{NOTE}{wish}"
