"""Brings the bytes of pictures: from files on this machine, and from each source by its kind."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

from pipeline.errors import Misconfigured, Rejected
from pipeline.model import Source
from pipeline.ports import Incoming


class FileIncoming:
    """``Incoming`` for files that the person at this machine named."""

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """See ``Incoming.open``; the locator is a file URI (RFC 8089)."""
        path = Path(os.fsdecode(unquote_to_bytes(urlsplit(source.locator).path)))
        try:
            size = path.stat().st_size
            if size > limit:
                raise Rejected(f"{source.name} has {size:,} bytes; the limit is {limit:,} (LOUPE_MAX_BYTES).")
            return path.open("rb")
        except OSError as fault:
            raise Rejected(f"{source.name} cannot be read: {fault.strerror}.") from None


class IncomingBySource:
    """``Incoming`` that asks the one for the source's kind."""

    def __init__(self, kinds: Mapping[str, Incoming]) -> None:
        self._kinds = kinds

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """See ``Incoming.open``. Raises ``Misconfigured`` for a source that is not connected here."""
        if source.kind not in self._kinds:
            raise Misconfigured(f"{source.name} came from '{source.kind}', which is not connected here.")
        return self._kinds[source.kind].open(source, limit)
