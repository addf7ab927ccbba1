"""Finds deliveries of news in the DynamoDB table: those that may go now, and all of a sink."""

import heapq
from collections.abc import Iterator
from typing import Any

from pipeline.adapters.dynamo_due import INDEX, LATE, shards, stamp
from pipeline.adapters.dynamo_image import newest
from pipeline.adapters.dynamo_items import NOTE, TASK
from pipeline.adapters.dynamo_news_items import DUE, PIECE, address_of, delivery_key, delivery_prefix
from pipeline.adapters.dynamo_newsroom import DECIDING
from pipeline.adapters.dynamo_table import Table
from pipeline.outbox import Delivery
from pipeline.publication import HIDING
from pipeline.results import Release

Item = dict[str, Any]


def ready(table: Table, sink: str, now: float) -> Iterator[Item]:
    """The deliveries of a sink that may be claimed now, earliest first, read from the table itself.

    Of what is about one subject only the oldest that is due, and nothing of an image that is decided anew.
    """
    seen: set[tuple[str, str]] = set()
    for item in waiting(table, sink, now):
        if (item["subject"], item["address"]) in seen:
            continue
        seen.add((item["subject"], item["address"]))
        oldest = _oldest_due(table, item)
        if oldest and is_free(oldest, now) and oldest["due_at"] <= now and not _deciding(table, oldest):
            yield oldest


def waiting(table: Table, sink: str, until: float) -> Iterator[Item]:
    """The deliveries of a sink that are due by then and held by nobody by then, as the index has them."""
    parts = [
        table.index(INDEX, part, after=f"{sink}/", before=f"{sink}/{stamp(until)}{LATE}")
        for part in shards(DUE)
    ]
    return heapq.merge(*parts, key=lambda item: str(item["open_sk"]))


def of_kind(table: Table, kind: str, sink: str = "") -> Iterator[Item]:
    """All deliveries of a kind in the index (due, parked); of one sink, where it is named."""
    for part in shards(kind):
        yield from table.index(
            INDEX, part, after=f"{sink}/" if sink else "", before=f"{sink}/{LATE}" if sink else ""
        )


def sent_before(table: Table, before: float) -> Iterator[Item]:
    """What was sent of all that was written before a time."""
    for part in shards("sent"):
        yield from table.index(INDEX, part, before=stamp(before))


def is_free(item: Item, now: float) -> bool:
    """Does nobody hold it?"""
    return "owner" not in item or bool(item["lease_until"] < now)


def piece_of(table: Table, item: Item) -> Item | None:
    """The piece that a delivery brings."""
    return table.get(item["pk"], f"{PIECE}{item['piece']:020d}")


def redacted(table: Table, image: str) -> bool:
    """May the image not be shown (any more)?"""
    if not image:
        return False
    if any(table.get(image, f"{NOTE}{wish}") for wish in HIDING):
        return True
    row = newest(table, image, DECIDING)
    return not (row and isinstance(row.result, Release) and row.result.decision == "cleared")


def kept(table: Table, delivery: Delivery) -> Item | None:
    """A delivery as it stands in the table."""
    return table.get(f"news#{delivery.piece.subject}", delivery_key(delivery.address, delivery.number))


def _oldest_due(table: Table, item: Item) -> Item | None:
    for each in table.query(item["pk"], delivery_prefix(address_of(item))):
        if each["state"] == "due" and each["address"] == item["address"]:
            return each
    return None


def _deciding(table: Table, item: Item) -> bool:
    return bool(item["image"]) and any(table.query(item["image"], f"{TASK}{DECIDING}#"))
