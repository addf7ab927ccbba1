"""Brings the bytes of uploads: from the box, and from the store where the box was emptied since."""

from contextlib import AbstractContextManager
from typing import BinaryIO

from pipeline.archiving import original_key
from pipeline.errors import Unknown
from pipeline.model import Source
from pipeline.ports import Store
from pipeline.tickets import Box


class UploadIncoming:
    """``pipeline.ports.Incoming`` for uploads; a locator is a ticket's id, a slash and the file's sha256."""

    def __init__(self, box: Box, store: Store) -> None:
        self._box, self._store = box, store

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """See ``Incoming.open``."""
        ticket, _, sha256 = source.locator.partition("/")
        try:
            return self._box.open(ticket)
        except Unknown:
            return self._store.open(original_key(sha256))
