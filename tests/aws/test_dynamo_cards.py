"""What is particular to cards in DynamoDB: an index that lags, senders that are called, writers that meet."""

import threading
import time

import pytest

from pipeline.adapters.dynamo_cards import DynamoCards
from pipeline.adapters.dynamo_table import Table
from pipeline.cards import Done, Message, Pace
from pipeline.errors import Unavailable
from pipeline.model import Source
from tests.aws.lagging import Lagging

MESSAGE = Message("T1", "C1", "1.1", "1.1")
SOURCE = Source("slack", "a.jpg", "F1", "T1", "C1", "1.1", "1.1", "U1")


def test_with_an_index_that_lags_no_card_is_sent_twice_and_none_is_forgotten(table: Table) -> None:
    cards = DynamoCards(Lagging(table.name))
    for number in range(12):
        cards.open(Message("T1", f"C{number % 3}", f"{number}.1", "1"), 0)
    busy: set[str] = set()
    met: list[str] = []
    taken: list[str] = []

    def send(owner: str) -> None:
        until = time.monotonic() + 20
        while len(taken) < 12 and time.monotonic() < until:
            if (card := cards.claim(owner, 60.0)) is None:
                continue
            met.extend({card.message.channel} & busy)
            busy.add(card.message.channel)
            time.sleep(0.001)
            busy.discard(card.message.channel)
            taken.append(card.message.ts)
            cards.finish(card, Done(ts="1"), None)

    threads = [threading.Thread(target=send, args=(f"s{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met
    assert sorted(taken) == sorted(f"{number}.1" for number in range(12))


def test_whoever_sends_is_called_when_there_is_something_new_and_only_then(table: Table) -> None:
    called: list[str] = []
    cards = DynamoCards(table, lambda: called.append("now"))
    cards.open(MESSAGE, time.time())
    assert len(called) == 1
    cards.open(MESSAGE, time.time())
    assert len(called) == 1
    cards.announce("i1", SOURCE, {"state": "done"})
    cards.announce("i1", SOURCE, {"state": "done"})
    assert len(called) == 2
    cards.withdraw(MESSAGE, "deleted")
    assert len(called) == 3


def test_whoever_sends_is_called_again_for_what_came_while_a_card_was_held(table: Table) -> None:
    called: list[str] = []
    cards = DynamoCards(table, lambda: called.append("now"))
    cards.open(MESSAGE, 0)
    card = cards.claim("a", 60.0)
    assert card is not None
    cards.announce("i1", SOURCE, {"state": "done"})
    called.clear()
    cards.finish(card, Done(ts="9.9"), None)
    assert called == ["now"]


def test_when_the_next_card_is_due_is_known(table: Table) -> None:
    cards = DynamoCards(table)
    assert cards.next_due() is None
    cards.open(MESSAGE, 1_790_000_000.25)
    cards.open(Message("T1", "C2", "2.2", "2.2"), 1_790_000_500.0)
    assert cards.next_due() == 1_790_000_000.25


def test_reports_that_come_at_once_are_all_on_their_card(table: Table) -> None:
    cards = DynamoCards(table)
    names = [f"i{n}" for n in range(8)]
    threads = [threading.Thread(target=cards.announce, args=(name, SOURCE, {"id": name})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    card = cards.claim("a", 60.0)
    assert card is not None
    assert sorted(card.reports) == names


def test_a_channel_that_others_let_rest_meanwhile_rests_on(table: Table) -> None:
    cards, now = DynamoCards(table), time.time()
    cards.open(MESSAGE, 0)
    late = cards.claim("a", 0.0)
    assert late is not None
    assert cards.rest("T1", "C1", 60.0) == 0
    cards.finish(late, Done(tries=1), 0, rest_until=now + 1)
    assert cards.rest("T1", "C1", 1.0) > now + 50


def test_a_crowd_never_calls_more_often_than_the_pace_allows(table: Table) -> None:
    cards, given = DynamoCards(table), list[float]()
    threads = [
        threading.Thread(target=lambda: given.append(cards.reserve("T1", "m", Pace(60.0, 3))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given.count(0.0) <= 3
    assert len(given) == 8


def test_trouble_that_is_over_is_told_no_more(table: Table) -> None:
    cards = DynamoCards(table)
    cards.open(MESSAGE, 0)
    card = cards.claim("a", 60.0)
    assert card is not None
    cards.finish(card, Done(fault="not now"), 0)
    assert cards.stopped(5) == [(MESSAGE, "not now")]
    card = cards.claim("a", 60.0)
    assert card is not None
    assert card.done.fault == "not now"
    cards.finish(card, Done(ts="9.9"), None)
    assert cards.stopped(5) == []


def test_noting_a_card_that_was_lost_writes_nothing(table: Table) -> None:
    cards = DynamoCards(table)
    cards.open(MESSAGE, 0)
    late = cards.claim("a", 60.0)
    assert late is not None
    cards.release("a")
    with pytest.raises(Unavailable, match="Another sender took over"):
        cards.note(late, Done(ts="1.1", fault="f"))
    again = cards.claim("b", 60.0)
    assert again is not None
    assert again.done == Done()
    assert cards.stopped(5) == []
