"""The store as actors see it: it knows that what it has no more may lie in the archive."""

from collections.abc import Iterator
from typing import BinaryIO

from pipeline.errors import Unavailable, Unknown
from pipeline.ports import Archive, Store


class ArchivedStore:
    """``pipeline.ports.Store`` that says in words where an archived original is, and how to bring it back."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self._store, self._archive = store, archive

    def put(self, key: str, stream: BinaryIO) -> None:
        """See ``Store.put``."""
        self._store.put(key, stream)

    def open(self, key: str) -> BinaryIO:
        """See ``Store.open``. Raises ``Unavailable`` for what the archive alone has: a run can wait."""
        try:
            return self._store.open(key)
        except Unknown:
            if not self._archived(key):
                raise
        raise Unavailable("The original is in the archive. `loupe restore ID` brings it back.")

    def delete(self, key: str) -> None:
        """See ``Store.delete``."""
        self._store.delete(key)

    def keys(self, prefix: str) -> Iterator[str]:
        """See ``Store.keys``: what is here."""
        return self._store.keys(prefix)

    def _archived(self, key: str) -> bool:
        try:
            return self._archive.size(key) >= 0
        except Unknown:
            return False
