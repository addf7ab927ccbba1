"""The items of news in the DynamoDB table: their keys, their forms, the steps that change them.

``news#SUBJECT`` holds all that is told about one subject, in the order in which it was written: ``last`` (the
newest piece of each kind as a fingerprint; counts up with every writer), ``piece#NUMBER`` as long as somebody
waits for it, ``delivery#SINK#ADDRESS#NUMBER``. ``told#KEY`` remembers that a piece was written. In the index
``open``: due deliveries by sink and time (a claimed one at the end of its lease), parked ones by sink
(``undelivered``), sent ones by age (``sent``).
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from random import randrange
from typing import Any

from pipeline.adapters.dynamo_due import shard, stamp
from pipeline.adapters.dynamo_table import NEW, Put, Step, Value
from pipeline.news import Address, Draft, Kind, Last, Piece, dumped, fingerprint
from pipeline.outbox import Delivery

LAST, PIECE, DELIVERY, TOLD = "last", "piece#", "delivery#", "told"
DUE, PARKED, SENT = "delivery", "undelivered", "sent"
"""Kinds in the index ``open``."""
MOST = 90
"""Addresses of one piece: it is written with its deliveries in one transaction."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest piece of a kind about a subject."""

    key: str
    digest: str
    number: int
    over: bool = False
    at: float = 0.0
    """When it was written, in seconds since the epoch."""

    @property
    def last(self) -> Last:
        """For ``pipeline.news.changes``; keys of an image's news end in a number."""
        tail = self.key.rpartition("/")[2]
        return Last(int(tail) if tail.isdigit() else 0, self.digest, self.over)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was told about a subject so far."""

    name: str
    turns: int = 0
    """Of its writers; 0: nothing is there yet."""
    number: int = 0
    """The highest number that was given."""
    kinds: Mapping[Kind, Newest] = field(default_factory=dict)

    def over(self, kinds: Sequence[Kind]) -> "Subject":
        """What was told last of these kinds has ended."""
        ended = {kind: replace(self.kinds[kind], over=True) for kind in kinds if kind in self.kinds}
        return replace(self, kinds={**self.kinds, **ended})

    def kept(self) -> Step:
        """Write it down, if nobody else has written since it was read."""
        item: dict[str, Value] = {
            "pk": news_key(self.name),
            "sk": LAST,
            "turns": self.turns + 1,
            "number": self.number,
            "kinds": json.dumps({kind: astuple(newest) for kind, newest in self.kinds.items()}),
        }
        return Put(item, "#turns=:read", {"read": self.turns}) if self.turns else Put(item, NEW)


def news_key(subject: str) -> str:
    """The partition of a subject."""
    return f"news#{subject}"


def told_key(key: str) -> str:
    """The partition that remembers a piece's key."""
    return f"told#{key}"


def delivery_prefix(address: Address) -> str:
    """Where the deliveries to an address lie, in the order in which they were written."""
    return f"{DELIVERY}{address.sink}#{address.to}#"


def delivery_key(address: Address, number: int) -> str:
    """The sort key of a delivery."""
    return f"{delivery_prefix(address)}{number:020d}"


def subject_of(name: str, item: Mapping[str, Any] | None) -> Subject:
    """A subject as it was kept; a new one where nothing was."""
    if item is None:
        return Subject(name)
    kinds = {kind: Newest(*values) for kind, values in json.loads(item["kinds"]).items()}
    return Subject(name, item["turns"], item["number"], kinds)


def written(
    subject: Subject, draft: Draft, addresses: Sequence[Address], now: float
) -> tuple[Subject, list[Step]]:
    """Write a piece and its deliveries; the subject afterwards. Nobody's piece leaves but a fingerprint."""
    number = max(_fresh(), subject.number + 1)
    newest = Newest(draft.key, fingerprint(draft.data), number, at=now)
    after = replace(
        subject,
        number=number + max(0, len(addresses) - 1),
        kinds={**subject.kinds, draft.kind: newest},
    )
    if not addresses:
        return after, []
    steps: list[Step] = [Put(_piece_item(draft, number, now))]
    return after, steps + [
        Put(_delivery_item(draft, each, number, number + place, now)) for place, each in enumerate(addresses)
    ]


def _fresh() -> int:
    """Grows with time, so that all deliveries together are in order but for some microseconds."""
    return (time.time_ns() // 1000 << 12) + randrange(1 << 12)  # noqa: S311


def _piece_item(draft: Draft, number: int, now: float) -> dict[str, Value]:
    return {
        "pk": news_key(draft.subject),
        "sk": f"{PIECE}{number:020d}",
        "id": draft.id,
        "key": draft.key,
        "kind": draft.kind,
        "image": draft.image,
        "team": draft.team,
        "channel": draft.channel,
        "at": now,
        "data": dumped(draft.data),
    }


def _delivery_item(draft: Draft, to: Address, piece: int, number: int, now: float) -> dict[str, Value]:
    return {
        "pk": news_key(draft.subject),
        "sk": delivery_key(to, number),
        "piece": piece,
        "number": number,
        "subject": draft.subject,
        "image": draft.image,
        "sink": to.sink,
        "address": to.to,
        "state": "due",
        "born": now,
        "due_at": now,
        "attempts": 0,
        "progress": "{}",
        **due_place(draft.subject, to.sink, now, number),
    }


def due_place(subject: str, sink: str, at: float, number: int) -> dict[str, Value]:
    """Where a due delivery stands in the index."""
    return {"open_pk": shard(DUE, subject), "open_sk": f"{sink}/{stamp(at)}/{number:020d}"}


def parked_place(subject: str, sink: str, number: int) -> dict[str, Value]:
    """Where a parked delivery stands in the index."""
    return {"open_pk": shard(PARKED, subject), "open_sk": f"{sink}/{number:020d}"}


def sent_place(subject: str, born: float) -> dict[str, Value]:
    """Where a delivery that was sent stands in the index, until it is tidied away."""
    return {"open_pk": shard(SENT, subject), "open_sk": stamp(born)}


def address_of(item: Mapping[str, Any]) -> Address:
    """Where a delivery goes."""
    return Address(item["sink"], item["address"])


def delivery_of(item: Mapping[str, Any], piece: Mapping[str, Any], owner: str, *, redacted: bool) -> Delivery:
    """A delivery that ``owner`` has claimed."""
    return Delivery(
        number=item["number"],
        piece=Piece(
            id=piece["id"],
            kind=piece["kind"],
            subject=item["subject"],
            at=datetime.fromtimestamp(piece["at"], UTC),
            data=json.loads(piece["data"]),
            image=piece["image"],
            team=piece["team"],
            channel=piece["channel"],
        ),
        address=address_of(item),
        owner=owner,
        attempts=item["attempts"] + 1,
        born=float(item["born"]),
        progress=json.loads(item["progress"]),
        redacted=redacted,
    )
