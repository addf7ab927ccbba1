"""Who still needs an original's bytes, from the rows, runs and wishes in the DynamoDB table."""

import time
from collections.abc import Callable, Collection

from pipeline.adapters.dynamo_bytes import key, leaving
from pipeline.adapters.dynamo_items import NOTE, USE
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.dynamo_turns import Partition
from pipeline.results import Accepted, Archived


class DynamoUses:
    """``pipeline.ports.Uses``.

    ``waiting``: the actors whose open runs read no original any more. ``restore_for``: seconds for which a
    wish to restore holds.
    """

    def __init__(self, table: Table, waiting: Collection[str], restore_for: float) -> None:
        self._table = table
        self._waiting = frozenset(waiting)
        self._restore_for = restore_for

    def release(self, sha256: str, image: str, remove: Callable[[], None]) -> bool:
        """See ``Uses.release``.

        The mark of the removal is set first (``dynamo_bytes``). Whoever claims the bytes has an open run, so
        a claim that came before the mark is seen here; one that comes later waits until ``remove`` is over
        and keeps the bytes again. A wish to restore them waits likewise (``DynamoNotes.set``). Whoever dies
        with the mark holds the bytes' next users up, never their bytes: these are in the archive.
        """
        with leaving(self._table, sha256) as in_time:
            for use in self._table.query(key(sha256), USE):
                if self._needs(Partition(self._table, use["image"]), sha256):
                    return False
            in_time()
            remove()
            return True

    def _needs(self, image: Partition, sha256: str) -> bool:
        """While somebody wants them restored, while runs may read them, until archived on its own account."""
        wish = image.items.get(f"{NOTE}restore")
        if wish and wish["at"] > time.time() - self._restore_for:
            return True
        if not image.tasks.keys() <= self._waiting:
            return True
        results = [row.result for row in image.rows.values()]
        accepted = any(isinstance(each, Accepted) and each.sha256 == sha256 for each in results)
        archived = any(isinstance(each, Archived) and sha256 in each.key for each in results)
        return accepted and not archived
