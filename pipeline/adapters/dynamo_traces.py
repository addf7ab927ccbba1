"""Where an image left traces in the DynamoDB table.

There is no scan, so each place is known from the image: its own partition, and those of its message, mark,
bytes, card, news and shared file. Who speaks of it is noted in its own partition (``mention#IMAGE``), in the
transaction that writes the row which does.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import codec
from pipeline.adapters.dynamo_bytes import key
from pipeline.adapters.dynamo_card_items import REPORT, card_key, touched
from pipeline.adapters.dynamo_items import (
    HEAD,
    MENTION,
    RESULT,
    USE,
    mark_key,
    message_key,
    readable,
    row_of,
    source_of,
)
from pipeline.adapters.dynamo_news_items import news_key
from pipeline.adapters.dynamo_shares import SHARE, share_key
from pipeline.adapters.dynamo_table import THERE, Table, Update
from pipeline.adapters.dynamo_turns import Partition
from pipeline.cards import Message, Share
from pipeline.erasure import SHORTEST, Traces, answered, boxed, mentioned, report_without, without
from pipeline.errors import Unknown
from pipeline.ledger import ARRIVAL
from pipeline.model import Source
from pipeline.results import Arrived, Metadata
from pipeline.shortid import payload

Place = tuple[str, str]
"""Keys of an item."""
SPEAKING = ("Accepted", "WatermarkSeen")
"""Kinds of rows that may speak of another image."""


def collect(table: Table, seen: Partition) -> Traces:
    """The traces of an image that is still there. Raises ``Unknown``."""
    arrived = seen.rows[ARRIVAL].result if seen.there and ARRIVAL in seen.rows else None
    if not isinstance(arrived, Arrived):
        raise Unknown(f"There is no image '{seen.image}'.")
    source, message = arrived.source, answered(arrived.source)
    metadata = seen.rows.get("read_metadata")
    originals = tuple(after(USE, seen.items))
    return Traces(
        image=seen.image,
        short=arrived.short,
        originals=originals,
        words=(seen.head["delivery"], *originals, *_unmistakable(source)),
        message=message,
        alone=message is not None and _alone(table, message, seen.image),
        mentioned_by=tuple(after(MENTION, seen.items)),
        twins=tuple(dict.fromkeys(_twins(table, originals, seen.image))),
        location=metadata.result.location if metadata and isinstance(metadata.result, Metadata) else None,
        uploads=boxed(source),
    )


def after(prefix: str, keys: Mapping[str, object]) -> list[str]:
    """What the sort keys with a prefix name, in order."""
    return [sk.removeprefix(prefix) for sk in sorted(keys) if sk.startswith(prefix)]


def outside(table: Table, traces: Traces) -> list[Place]:
    """Items outside of its partition that are the image's own, or would be."""
    image, found = traces.image, [(mark_key(payload(traces.image)), "mark")]
    found += [(item["pk"], item["sk"]) for item in table.query(news_key(image))]
    found += [(key(sha256), f"{USE}{image}") for sha256 in traces.originals]
    if message := traces.message:
        found += [(message_place(message), image), (card_key(message), f"{REPORT}{image}")]
        found += [(share_key(share), SHARE) for share in _shares(message, traces.words)]
    return found


def message_place(message: Message) -> str:
    """The partition that names the images of a message."""
    return message_key(message.team, message.channel, message.ts)


def spoken_of(items: Mapping[str, Mapping[str, Any]], image: str) -> list[Place]:
    """Where it is noted that rows of this partition speak of others."""
    rows = [row_of(item) for sk, item in items.items() if sk.startswith(RESULT)]
    told = [mentioned(row.result) for row in rows if row]
    return [(earlier.image, f"{MENTION}{image}") for earlier in told if earlier]


def redact(table: Table, image: str, others: Sequence[str]) -> None:
    """Let the rows and reports of these images speak of this one no more; its tombstone stands already."""
    for other in others:
        for item in list(table.query(other, RESULT)):
            if image in str(item.get("body")) and item["kind"] in SPEAKING:
                result = readable(item["kind"], item["body"])
                if (said := without(result, image.__eq__)) != result:
                    _rewrite(table, item, "body", codec.dump(said))
        if message := card_of(table, other):
            _redact_report(table, image, message, other)


def _redact_report(table: Table, image: str, message: Message, other: str) -> None:
    item = table.get(card_key(message), f"{REPORT}{other}")
    if item and image in item["report"]:
        report = report_without(json.loads(item["report"]), image.__eq__)
        _rewrite(table, item, "report", json.dumps(report, sort_keys=True, default=str))
        look_again(table, message)


def _rewrite(table: Table, item: dict[str, Any], name: str, text: str) -> None:
    """Write a text anew, unless somebody did so meanwhile: who writes now speaks of no erased image."""
    change, given = f"SET #{name}=:now", {"now": text, "before": item[name]}
    table.write(Update(item["pk"], item["sk"], change, f"#{name}=:before", given))


def look_again(table: Table, message: Message) -> None:
    """Have a card looked at again, if there is one."""
    table.write(touched(message, time.time(), when=THERE))


def card_of(table: Table, image: str) -> Message | None:
    """The message whose card speaks of an image."""
    head = table.get(image, HEAD)
    return answered(source_of(head)) if head else None


def _unmistakable(source: Source) -> Iterator[str]:
    """Names that are long enough to look for, in each form in which JSON writes them."""
    for word in (source.name, source.person, source.locator):
        if len(word) >= SHORTEST:
            forms = (word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1])
            yield from dict.fromkeys(forms)


def _alone(table: Table, message: Message, image: str) -> bool:
    """Did no other image come with the message?"""
    return all(item["sk"] == image for item in table.query(message_place(message)))


def _twins(table: Table, originals: Sequence[str], image: str) -> Iterator[str]:
    """Images with one of the originals, in the order in which they came."""
    uses = [use for sha256 in originals for use in table.query(key(sha256), USE)]
    for use in sorted(uses, key=lambda use: (use["at"], use["image"])):
        if use["image"] != image:
            yield use["image"]


def _shares(message: Message, words: Sequence[str]) -> list[Share]:
    return [Share(message.team, message.channel, word) for word in words]
