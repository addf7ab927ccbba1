"""The items of Slack cards in the DynamoDB table: their keys, their forms, the steps that change them.

``card#TEAM#CHANNEL#TS`` is a card's partition: ``card`` (what it answers, what was done, when it is due),
``report#IMAGE`` (one each), ``seen`` (our message, as Slack told of it), ``trouble`` (why it cannot get out).
``lane#TEAM#CHANNEL`` is a channel's: ``lane`` (who sends there, how long it rests), ``words`` (when we
spoke last).
In the index ``open``: cards that are not finished at their time, held lanes at their owner, troubles by age.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pipeline.adapters.dynamo_due import first, stamp
from pipeline.adapters.dynamo_table import NEW, THERE, Delete, Put, Step, Update, Value
from pipeline.cards import Card, Done, Message
from pipeline.ports import Report

CARDS, LANES, TROUBLES = first("card"), first("lane"), first("trouble")
CARD, LANE, SEEN, WORDS, TROUBLE = "card", "lane", "seen", "words", "trouble"
REPORT = "report#"
DUE = "#due_at=:now,#open_pk=:open,#open_sk=:stamp"
BEGIN = ",".join(f"#{n}=if_not_exists(#{n},:{n})" for n in ("team", "channel", "ts", "thread", "opened_at"))


def card_key(message: Message) -> str:
    """The partition of the card that answers this message."""
    return f"card#{message.team}#{message.channel}#{message.ts}"


def lane_key(team: str, channel: str) -> str:
    """The partition of a channel."""
    return f"lane#{team}#{channel}"


def begun(message: Message, due_at: float, now: float, words: str | None) -> list[Step]:
    """Write a card if it is not there."""
    item = _named(message) | {
        "opened_at": now, "wanted": 1, "words": words, "due_at": due_at, "open_pk": CARDS,
        "open_sk": stamp(due_at),
    }  # fmt: skip
    steps: list[Step] = [Put({"pk": card_key(message), "sk": CARD, **item}, NEW)]
    if words is not None:
        steps.append(Put({"pk": lane_key(message.team, message.channel), "sk": WORDS, "at": now}))
    return steps


def touched(message: Message, now: float, withdrawn: str | None = None, when: str = "") -> Update:
    """There is something new to show; a card that is not there begins."""
    given: dict[str, Value] = {**_named(message), "opened_at": now, "one": 1, **_due(now)}
    change = f"SET {BEGIN},{DUE},#wanted=if_not_exists(#wanted,:one)+:one"
    if withdrawn is not None:
        change, given = f"{change},#withdrawn=:why", given | {"why": withdrawn}
    return Update(card_key(message), CARD, change, when, given)


def noted(card: Card, done: Done) -> list[Step]:
    """Note what was done, and the trouble with it."""
    return [
        Update(card_key(card.message), CARD, "SET #done=:done", THERE, _done(done)),
        *_troubles(card, done),
    ]


def given_back(card: Card, done: Done, wanted: int, due_at: float | None) -> list[Step]:
    """The same, and when to look again; holds as long as the card is ``wanted`` as often as that."""
    given = _done(done) | {"wanted": wanted}
    if due_at is None:
        change = "SET #done=:done REMOVE #due_at,#open_pk,#open_sk"
    else:
        change, given = f"SET #done=:done,{DUE}", given | _due(due_at)
    return [
        Update(card_key(card.message), CARD, change, "#wanted=:wanted", given),
        *_troubles(card, done),
    ]


def message_of(item: Mapping[str, Any]) -> Message:
    """The message that a card answers."""
    return Message(item["team"], item["channel"], item["ts"], item["thread"])


def done_of(item: Mapping[str, Any]) -> Done:
    """What was done for a card."""
    found = json.loads(item.get("done") or "{}")
    return Done(**found | {"reactions": frozenset(found.get("reactions", ()))})


def card_of(items: Iterable[Mapping[str, Any]], owner: str, rest_until: float, others: int) -> Card:
    """The card that a partition's items are."""
    found = {str(item["sk"]): item for item in items}
    item, seen = found[CARD], found.get(SEEN)
    reports: dict[str, Report] = {
        sk.removeprefix(REPORT): json.loads(one["report"])
        for sk, one in found.items()
        if sk.startswith(REPORT)
    }
    return Card(
        message=message_of(item),
        owner=owner,
        opened_at=float(item["opened_at"]),
        wanted=item["wanted"],
        done=done_of(item),
        words=item.get("words"),
        withdrawn=item.get("withdrawn"),
        reports=reports,
        rest_until=rest_until,
        others=others,
        seen=seen["ts"] if seen else None,
    )


def _named(message: Message) -> dict[str, Value]:
    return {
        "team": message.team, "channel": message.channel, "ts": message.ts, "thread": message.thread
    }  # fmt: skip


def _due(at: float) -> dict[str, Value]:
    return {"now": at, "open": CARDS, "stamp": stamp(at)}


def _done(done: Done) -> dict[str, Value]:
    return {"done": json.dumps({} if done == Done() else asdict(done), default=sorted, sort_keys=True)}


def _troubles(card: Card, done: Done) -> list[Step]:
    before, now = (card.done.over or card.done.fault), (done.over or done.fault)
    if now == before:
        return []
    key = card_key(card.message)
    if now is None:
        return [Delete(key, TROUBLE)]
    told = {"why": now, "open_pk": TROUBLES, "open_sk": stamp(card.opened_at)}
    return [Put({"pk": key, "sk": TROUBLE, **_named(card.message), **told})]
