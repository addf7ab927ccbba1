"""Brings the bytes of what was taken in from a drop; of what is far too large there are none."""

from contextlib import AbstractContextManager
from typing import BinaryIO

from pipeline.drops import LARGE
from pipeline.errors import Rejected
from pipeline.model import Source
from pipeline.ports import Incoming


class DropIncoming:
    """``pipeline.ports.Incoming`` for drops: as for uploads, whose box they share."""

    def __init__(self, uploads: Incoming) -> None:
        self._uploads = uploads

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """See ``Incoming.open``."""
        what, _, size = source.locator.partition("/")
        if what == LARGE:
            raise Rejected(
                f"This file has {int(size) / 1e6:,.1f} MB; at most {limit / 1e6:,.1f} MB are accepted. "
                "Please send a smaller copy."
            )
        return self._uploads.open(source, limit)
