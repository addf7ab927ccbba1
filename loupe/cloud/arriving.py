"""Pictures that were dropped in the bucket: its notifications become arrivals.

Source: docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html (version 2.x; keys
are URL-encoded, a test event comes first).
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

from loupe.cloud.running import nothing
from pipeline.adapters.s3_incoming import locator
from pipeline.ledger import Called
from pipeline.model import Source

CREATED = "ObjectCreated:"
LONGEST_NAME = 200


def take_in(ledger: Called, body: str) -> int:
    """Enter what a notification tells of; how many pictures were new. The same one twice enters once."""
    entries = ledger.enter(list(arrivals(json.loads(body))), nothing)
    return sum(entry.new for entry in entries)


def arrivals(notification: Mapping[str, Any]) -> Iterator[tuple[str, Source]]:
    """Delivery keys and sources; none for a test event, folders and empty objects."""
    for record in notification.get("Records", ()):
        bucket, found = record["s3"]["bucket"]["name"], record["s3"]["object"]
        key = unquote_plus(found["key"])
        if not record["eventName"].removeprefix("s3:").startswith(CREATED):
            continue
        if key.endswith("/") or not found.get("size"):
            continue
        place = locator(bucket, key, found["eTag"])
        name = key.rpartition("/")[2][-LONGEST_NAME:]
        yield delivery(place), Source("s3", name, place)


def delivery(place: str) -> str:
    """The delivery key of one content of one object, by its ``locator``."""
    return f"s3/{sha256(place.encode()).hexdigest()}"
