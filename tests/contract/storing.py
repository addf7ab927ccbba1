"""Stores of every kind for tests, each empty, and streams that break."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.s3_archive import S3Archive
from pipeline.adapters.s3_store import S3Store
from pipeline.adapters.zstd_archive import ZstdArchive
from tests.servers.seaweed import BUCKET, Seaweed

AnyStore = DiskStore | S3Store
ON_DISK: dict[str, type[DiskStore]] = {"folder": DiskStore, "zstd": ZstdArchive}
IN_A_BUCKET: dict[str, type[S3Store]] = {"s3": S3Store, "s3-archive": S3Archive}


@dataclass(frozen=True)
class Shelf:
    """A store, and what lies where it keeps things, whole or not."""

    store: AnyStore
    lying: Callable[[], list[str]]


def on_disk(kind: str, folder: Path) -> Shelf:
    store = ON_DISK[kind](folder)

    def lying() -> list[str]:
        found = (path for path in folder.rglob("*") if path.is_file())
        return sorted(path.relative_to(folder).as_posix() for path in found)

    return Shelf(store, lying)


@cache
def client_of(amazon: Seaweed) -> Any:
    """One for all: making one takes longer than most that it is asked."""
    return amazon.client()


def in_a_bucket(kind: str, amazon: Seaweed) -> Shelf:
    """Below a prefix of its own."""
    client, prefix = client_of(amazon), f"{uuid4().hex}/"
    store = IN_A_BUCKET[kind](BUCKET, prefix, connect=lambda: client)

    def lying() -> list[str]:
        there = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())
        sending = client.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get("Uploads", ())
        return sorted(
            [each["Key"].removeprefix(prefix) for each in there]
            + [f"{each['Key'].removeprefix(prefix)} (parts)" for each in sending]
        )

    return Shelf(store, lying)


class Torn(io.RawIOBase):
    """A stream that gives some bytes, then fails."""

    def __init__(self, fault: BaseException, size: int = 4) -> None:
        self._left, self._fault = size, fault

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            raise self._fault
        given = min(size, self._left) if size > 0 else self._left
        self._left -= given
        return b"s" * given
