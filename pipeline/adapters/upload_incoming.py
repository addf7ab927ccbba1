"""Brings the bytes of uploads: from the box, and from the store where the box was emptied since."""

from contextlib import AbstractContextManager
from typing import BinaryIO

from pipeline.archiving import original_key
from pipeline.errors import Rejected, Unknown
from pipeline.model import Source
from pipeline.ports import Store
from pipeline.tickets import Box


class UploadIncoming:
    """``pipeline.ports.Incoming`` for uploads; a locator is a ticket's id, a slash and the file's sha256."""

    def __init__(self, box: Box, store: Store) -> None:
        self._box, self._store = box, store

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """See ``Incoming.open``. No ticket allowed for more than the limit of its day."""
        ticket, _, sha256 = source.locator.partition("/")
        try:
            return self._box.open(ticket, sha256)
        except Unknown:
            return self._kept(sha256)

    def _kept(self, sha256: str) -> AbstractContextManager[BinaryIO]:
        try:
            return self._store.open(original_key(sha256))
        except Unknown:
            raise Rejected(
                "This file was thrown away, because it had been refused. Please upload it again."
            ) from None
