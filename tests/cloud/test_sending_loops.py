"""Functions that send until nothing is due: they wait a little, end in time, and no sink holds up another."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from loupe.cloud.bell import bell
from loupe.cloud.sending import CARD_SECONDS, LAG, LINGER, deliver, mend, send_cards
from pipeline.errors import Unavailable
from pipeline.news import Address, Piece
from pipeline.outbox import Delivery, Note, Outbox, Outcome, Sent
from pipeline.sending import Sender


@dataclass
class Desk:
    """Cards that are due at times, and a clock that only sleeping moves."""

    due: list[float]
    now: float = 1000.0
    held: bool = False
    sent: list[float] = field(default_factory=list)

    def send_next(self, owner: str) -> bool:
        if self.held or not self.due or self.due[0] > self.now:
            return False
        self.sent.append(self.due.pop(0))
        self.now += 1
        return True

    def next_due(self) -> float | None:
        return self.due[0] if self.due else None

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def run(self, left: Callable[[], float] = lambda: 900.0) -> int:
        return send_cards(self, self.next_due, "me", left, lambda: self.now, self.sleep)


def test_cards_are_sent_until_none_is_due() -> None:
    desk = Desk([1.0, 2.0, 3.0])
    assert desk.run() == 3
    assert desk.now < 1003.0 + 2 * LAG


def test_what_is_due_soon_is_waited_for() -> None:
    desk = Desk([1.0, 1000.0 + LINGER / 2, 1000.0 + LINGER - 1])
    assert desk.run() == 3


def test_what_the_index_shows_late_is_found() -> None:
    desk = Desk([])
    told = desk.sleep

    def sleep(seconds: float) -> None:
        told(seconds)
        desk.due = [desk.now] if not desk.sent else []

    assert send_cards(desk, desk.next_due, "me", lambda: 900.0, lambda: desk.now, sleep) == 1


def test_what_is_due_later_is_left_to_the_schedule() -> None:
    desk = Desk([1.0, 1001.0 + LINGER])
    assert desk.run() == 1
    assert desk.now < 1001.0 + 2 * LAG


def test_a_channel_that_another_one_holds_is_not_waited_for_for_ever() -> None:
    desk = Desk([1.0], held=True)
    assert desk.run() == 0
    assert desk.now <= 1000.0 + LINGER + 1


def test_cards_that_are_looked_at_again_and_again_do_not_keep_the_function_up() -> None:
    desk = Desk([1000.0])
    taken = desk.send_next

    def look(owner: str) -> bool:
        if taken(owner):
            desk.due = [desk.now + 2]
            return True
        return False

    desk.send_next = look  # type: ignore[method-assign]
    assert 1 < desk.run() < 8


def test_no_card_is_begun_when_time_is_short() -> None:
    desk = Desk([1.0] * 5)
    assert desk.run(lambda: CARD_SECONDS + 2.5 - (desk.now - 1000.0)) == 3


def test_lost_messages_are_looked_for_a_few_at_a_time() -> None:
    there = [True] * 5
    assert mend(lambda: bool(there and there.pop()), 3, lambda: 900.0) == 3
    assert mend(lambda: bool(there and there.pop()), 3, lambda: 900.0) == 2
    assert mend(lambda: True, 3, lambda: CARD_SECONDS) == 0


def delivery(number: int, sink: str) -> Delivery:
    piece = Piece(f"p{number}", "held", "i1", datetime(2026, 11, 22, tzinfo=UTC), {})
    return Delivery(number, piece, Address(sink), "me", 1, 0.0)


@dataclass
class Shelf:
    """An outbox of which only turns are taken."""

    waiting: dict[str, list[Delivery]]
    settled: list[Outcome] = field(default_factory=list)

    def turn(self, sink: str, owner: str, outcomes: Sequence[Outcome], **how: Any) -> list[Delivery]:
        self.settled += outcomes
        if sink == "torn":
            raise Unavailable("The table cannot be reached.")
        taken, self.waiting[sink] = self.waiting[sink][: how["want"]], self.waiting[sink][how["want"] :]
        return taken

    def note(self, delivery: Delivery, progress: object) -> None:
        raise AssertionError("these carriers note nothing")


@dataclass
class Meets:
    """A carrier that only goes on when the other one carries, too."""

    together: threading.Barrier
    carried: list[int] = field(default_factory=list)

    def carry(self, delivery: Delivery, note: Note) -> None:
        if not self.carried:
            self.together.wait(10)
        self.carried.append(delivery.number)


def sender(shelf: Shelf, **carriers: object) -> Sender:
    return Sender(cast("Outbox", shelf), cast("Any", carriers))


def test_news_goes_to_all_sinks_at_once_and_every_outcome_is_noted() -> None:
    both = threading.Barrier(2)
    one, other = Meets(both), Meets(both)
    shelf = Shelf({"one": [delivery(n, "one") for n in range(7)], "other": [delivery(9, "other")]})
    assert deliver(sender(shelf, one=one, other=other), "me", lambda: 900.0) == {"one": 7, "other": 1}
    assert one.carried == list(range(7))
    assert len(shelf.settled) == 8
    assert all(isinstance(each, Sent) for each in shelf.settled)


def test_a_sink_whose_deliveries_cannot_be_read_keeps_no_other_waiting() -> None:
    other = Meets(threading.Barrier(1))
    shelf = Shelf({"torn": [], "other": [delivery(1, "other")]})
    assert deliver(sender(shelf, torn=other, other=other), "me", lambda: 900.0) == {"torn": 0, "other": 1}


def test_what_was_carried_is_noted_although_time_is_up() -> None:
    left = iter([900.0, 900.0] + [0.0] * 9)
    shelf = Shelf({"one": [delivery(n, "one") for n in range(20)]})
    tried = deliver(sender(shelf, one=Meets(threading.Barrier(1))), "me", lambda: next(left))["one"]
    assert 0 < tried < 20
    assert len(shelf.settled) == tried


def test_a_bell_that_does_not_ring_is_no_fault() -> None:
    rung: list[str] = []
    bell(rung.append, "cards are due")()
    assert rung == ["cards are due"]

    def broken(words: str) -> None:
        raise Unavailable("The queue cannot be reached.")

    bell(broken, "cards are due")()


def test_nobody_to_send_to_is_no_fault() -> None:
    assert deliver(sender(Shelf({})), "me", lambda: 900.0) == {}
