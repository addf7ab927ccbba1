"""Slack cards in the DynamoDB table (dynamo_card_items says what lies where).

A sender claims a channel's lane in one transaction with the check that the card is still due, and writes
under the condition that the lane is still its own. So it does no harm that the index ``open`` lags behind.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from pipeline.adapters.dynamo_card_items import (
    CARD,
    CARDS,
    LANE,
    LANES,
    REPORT,
    SEEN,
    TROUBLES,
    WORDS,
    begun,
    card_key,
    card_of,
    done_of,
    given_back,
    lane_key,
    message_of,
    noted,
    touched,
)
from pipeline.adapters.dynamo_due import INDEX, LATE, stamp
from pipeline.adapters.dynamo_items import MENTION
from pipeline.adapters.dynamo_pace import DynamoPace
from pipeline.adapters.dynamo_table import Check, Put, Table, Update, Value
from pipeline.adapters.dynamo_tombstones import alive, stands
from pipeline.beats import nobody
from pipeline.cards import BUSY, FRESH, Card, Done, Message
from pipeline.erasure import report_without, spoken_of
from pipeline.errors import Unavailable
from pipeline.model import Source
from pipeline.ports import Report

FREE = "(attribute_not_exists(#owner) OR #until<=:now)"
RESTED = "(attribute_not_exists(#rest_until) OR #rest_until<=:rest)"
CLAIM = "SET #owner=:owner,#until=:until,#open_pk=:open,#open_sk=:owner"
LET_GO = "REMOVE #owner,#until,#open_pk,#open_sk"
TRIES = 12
"""Of a change that others keep getting in the way of."""
GLANCE = 0.5
"""Seconds after which one who waits looks again: nothing tells a process of what others write."""
Item = Mapping[str, Any]


class DynamoCards(DynamoPace):
    """The ``Cards`` port on one table. ``changed`` is called when a card became due at once or anew."""

    def __init__(self, table: Table, changed: Callable[[], None] = nobody) -> None:
        super().__init__(table)
        self._changed = changed

    def open(self, message: Message, due_at: float, words: str | None = None) -> None:
        """See ``Cards.open``."""
        if self._table.write(*begun(message, due_at, time.time(), words)):
            self._changed()

    def withdraw(self, message: Message, why: str) -> None:
        """See ``Cards.withdraw``."""
        self._table.write(touched(message, time.time(), why))
        self._changed()

    def see(self, message: Message, ts: str) -> None:
        """See ``Cards.see``."""
        self._table.write(Put({"pk": card_key(message), "sk": SEEN, "ts": ts}))

    def spoke(self, team: str, channel: str, since: float) -> bool:
        """See ``Cards.spoke``."""
        found = self._table.get(lane_key(team, channel), WORDS)
        return found is not None and float(found["at"]) > since

    def leave(self, team: str, channel: str, why: str) -> None:
        """See ``Cards.leave``; a card that was opened this very moment may not be seen."""
        for item in self._table.index(INDEX, CARDS):
            if (item["team"], item["channel"]) == (team, channel):
                unfinished = touched(message_of(item), time.time(), why, "attribute_exists(#open_pk)")
                self._table.write(unfinished)
        self._changed()

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """Keep the report for the image's card; only Slack's images have one."""
        if source.kind != "slack":
            return ()
        message = Message(source.team, source.channel, source.message, source.thread or source.message)
        key = card_key(message), f"{REPORT}{image}"
        for _ in range(TRIES):
            if stands(self._table, image):
                return ()
            told = report_without(report, lambda other: stands(self._table, other))
            text = json.dumps(told, sort_keys=True, default=str)
            if (self._table.get(*key) or {}).get("report") == text:
                return ("slack",)
            item = {"pk": key[0], "sk": key[1], "report": text}
            others = spoken_of(told)
            known = [Put({"pk": other, "sk": f"{MENTION}{image}"}) for other in dict.fromkeys(others)]
            there = [alive(each) for each in dict.fromkeys((image, *others))]
            if self._table.write(Put(item), touched(message, time.time()), *known, *there):
                self._changed()
                return ("slack",)
        raise Unavailable("Images of which the report speaks are erased one after the other.")

    def claim(self, owner: str, lease: float) -> Card | None:
        """See ``Cards.claim``."""
        now, lanes = time.time(), dict[str, Item]()
        for item in self._candidates(now, lanes):
            key = lane_key(item["team"], item["channel"])
            rest = float(lanes[key].get("rest_until", 0.0))
            held: dict[str, Value] = {"owner": owner, "until": now + lease, "open": LANES}
            if self._table.write(
                Update(key, LANE, CLAIM, f"{FREE} AND {RESTED}", held | {"now": now, "rest": rest}),
                Check(item["pk"], CARD, "#open_sk<=:now", {"now": stamp(now)}),
            ):
                others = sum(lane_key(each["team"], each["channel"]) == key for each in self._due(now)) - 1
                return card_of(self._table.query(item["pk"]), owner, rest, max(0, others))
        return None

    def note(self, card: Card, done: Done) -> None:
        """See ``Cards.note``."""
        message = card.message
        mine = Check(lane_key(message.team, message.channel), LANE, "#owner=:owner", {"owner": card.owner})
        if not self._table.write(mine, *noted(card, done)):
            raise _lost(card)

    def finish(self, card: Card, done: Done, due_at: float | None, *, rest_until: float = 0.0) -> None:
        """See ``Cards.finish``."""
        key, wanted = lane_key(card.message.team, card.message.channel), card.wanted
        for _ in range(TRIES):
            lane = self._table.get(key, LANE) or {}
            if lane.get("owner") != card.owner:
                raise _lost(card)
            rest = float(lane.get("rest_until", 0.0))
            given: dict[str, Value] = {"owner": card.owner, "rest": rest, "until": max(rest, rest_until)}
            again = due_at if wanted == card.wanted else time.time()
            if self._table.write(
                Update(key, LANE, f"SET #rest_until=:until {LET_GO}", f"#owner=:owner AND {RESTED}", given),
                *given_back(card, done, wanted, again),
            ):
                if wanted != card.wanted:
                    self._changed()
                return
            wanted = (self._table.get(card_key(card.message), CARD) or {}).get("wanted", wanted)
        raise Unavailable(f"The card in {card.message.channel} changes too often to be given back.")

    def owners(self) -> list[str]:
        """See ``Cards.owners``."""
        return sorted({item["owner"] for item in self._table.index(INDEX, LANES)})

    def release(self, owner: str) -> None:
        """See ``Cards.release``."""
        for item in self._table.index(INDEX, LANES):
            if item["owner"] == owner:
                self._table.write(Update(item["pk"], LANE, LET_GO, "#owner=:owner", {"owner": owner}))

    def rest(self, team: str, channel: str, seconds: float) -> float:
        """See ``Cards.rest``."""
        now, key = time.time(), lane_key(team, channel)
        given = {"now": now, "rest": now, "until": now + seconds}
        if self._table.write(Update(key, LANE, "SET #rest_until=:until", f"{FREE} AND {RESTED}", given)):
            return 0.0
        lane = self._table.get(key, LANE) or {}
        busy = "owner" in lane and float(lane["until"]) > now
        return now + BUSY if busy else max(now, float(lane.get("rest_until", 0.0)))

    def stopped(self, limit: int) -> list[tuple[Message, str]]:
        """See ``Cards.stopped``."""
        newest = islice(self._table.index(INDEX, TROUBLES, backwards=True), limit)
        return [(message_of(item), item["why"]) for item in newest]

    def wait(self, seconds: float) -> None:
        """Return after ``seconds``, or soon: look again then."""
        time.sleep(min(seconds, GLANCE))

    def next_due(self) -> float | None:
        """When the next card is to be looked at (seconds since the epoch), though its channel may be held."""
        first = next(self._table.index(INDEX, CARDS), None)
        return None if first is None else float(first["due_at"])

    def _due(self, now: float) -> Iterator[dict[str, Any]]:
        return self._table.index(INDEX, CARDS, before=stamp(now) + LATE)

    def _candidates(self, now: float, lanes: dict[str, Item]) -> Iterator[Item]:
        """Due cards whose lane is free, those without a message of ours first; fills ``lanes``."""
        standing: list[Item] = []
        for item in self._due(now):
            key = lane_key(item["team"], item["channel"])
            if key not in lanes:
                lanes[key] = self._table.get(key, LANE) or {}
            lane, done = lanes[key], done_of(item)
            if "owner" in lane and float(lane["until"]) > now:
                continue
            fresh = done == Done() and float(item["opened_at"]) > now - FRESH
            if done.ts is not None:
                standing.append(item)
            elif fresh or float(lane.get("rest_until", 0.0)) <= now:
                yield item
        yield from standing


def _lost(card: Card) -> Unavailable:
    return Unavailable(f"Another sender took over the card of {card.message.channel}.")
