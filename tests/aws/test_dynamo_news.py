"""What is particular to news in DynamoDB: writers and senders that meet, and an index that lags."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

import pytest

from pipeline.adapters.dynamo_newsroom import DynamoNewsroom
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.adapters.dynamo_table import Table
from pipeline.errors import Unavailable
from pipeline.news import Address, Draft
from pipeline.outbox import Outcome, Sent
from tests.aws.lagging import Lagging
from tests.news.office import scanned


def draft(key: str, subject: str = "s") -> Draft:
    return Draft(key, "alarm", subject, {"key": key})


def at_once(count: int, act: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_piece_that_many_tell_at_once_is_told_once(table: Table) -> None:
    told: list[bool] = []
    at_once(4, lambda _: told.append(DynamoNewsroom(table).tell(draft("digest/1"), [Address("ops")])))
    assert sorted(told) == [False, False, False, True]
    assert len(DynamoOutbox(table).turn("ops", "me", [], want=9, lease=60)) == 1


def test_pieces_about_one_subject_that_come_at_once_have_an_order(table: Table) -> None:
    both = [Address("ops"), Address("mail", "a")]

    def tell(number: int) -> None:
        DynamoNewsroom(table).tell(draft(f"{number}"), both)

    at_once(4, tell)
    numbers = [item["number"] for item in scanned(table) if item["sk"].startswith("delivery#")]
    assert len(set(numbers)) == len(numbers) == 8


@pytest.mark.parametrize("kind", [Table, Lagging])
def test_senders_that_meet_send_everything_once_and_in_order(table: Table, kind: type[Table]) -> None:
    room = DynamoNewsroom(table)
    for number in range(12):
        room.tell(draft(f"{number:02}", f"s{number % 3}"), [Address("ops")])
    taken: dict[str, list[str]] = defaultdict(list)
    until = time.monotonic() + 30

    def send(who: int) -> None:
        outbox, outcomes = DynamoOutbox(kind(table.name)), list[Outcome]()
        while time.monotonic() < until:
            claimed = outbox.turn("ops", f"s{who}", outcomes, want=2, lease=60)
            for each in claimed:
                taken[each.piece.subject].append(str(each.piece.data["key"]))
            outcomes = [Sent(each) for each in claimed]
            if not claimed and sum(map(len, taken.values())) == 12:
                return

    at_once(3, send)
    assert taken == {f"s{n}": [f"{each:02}" for each in range(n, 12, 3)] for n in range(3)}
    (standing,) = DynamoOutbox(table).standings()
    assert (standing.sent, standing.due, standing.state) == (12, 0, "closed")


def test_all_senders_together_keep_to_the_rate(table: Table) -> None:
    room, now = DynamoNewsroom(table), 1_800_000_000.0
    for number in range(12):
        room.tell(draft(f"{number}", f"{number}"), [Address("ops")])
    claimed: list[int] = []

    def claim(who: int) -> None:
        outbox = DynamoOutbox(table, lambda: now)
        claimed.append(len(outbox.turn("ops", f"{who}", [], want=9, lease=60, rate=5.0)))

    at_once(4, claim)
    assert sum(claimed) <= 5


def test_more_addresses_than_a_transaction_holds_are_refused_and_nothing_is_told(table: Table) -> None:
    room = DynamoNewsroom(table)
    with pytest.raises(Unavailable, match="91 addresses; 90 is the most"):
        room.tell(draft("digest/1"), [Address("mail", f"{n}") for n in range(91)])
    assert scanned(table) == []
    assert room.tell(draft("digest/1"), [Address("mail", f"{n}") for n in range(90)])
    assert len(DynamoOutbox(table).turn("mail", "me", [], want=32, lease=60)) == 32


def test_whoever_delivers_is_called_when_there_is_something_to_deliver(table: Table) -> None:
    called: list[str] = []
    room = DynamoNewsroom(table, changed=lambda: called.append("now"))
    room.tell(draft("a"), [])
    assert called == []
    room.tell(draft("b"), [Address("ops")])
    room.tell(draft("b"), [Address("ops")])
    assert called == ["now"]
