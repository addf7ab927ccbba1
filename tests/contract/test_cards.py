"""What every outbox of cards promises, kept by SQLite, by DynamoDB and by their twin in memory."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.dynamo_cards import DynamoCards
from pipeline.adapters.dynamo_shares import DynamoShares
from pipeline.adapters.memory_cards import MemoryCards
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_shares import SqliteShares
from pipeline.cards import Card, Cards, Done, Message, Pace, Share, Shares
from pipeline.errors import Unavailable
from pipeline.model import Source

FIRST = Message("T1", "C1", "1.1", "1.1")
SECOND = Message("T1", "C1", "2.2", "1.1")
ELSEWHERE = Message("T1", "C2", "1.1", "1.1")
SOURCE = Source("slack", "a.jpg", "F1", "T1", "C1", "1.1", "1.1", "U1")
LONG = 60.0


@pytest.fixture(params=["sqlite", "memory", "dynamo"])
def cards(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cards]:
    if request.param == "memory":
        yield MemoryCards()
        return
    if request.param == "dynamo":
        yield DynamoCards(request.getfixturevalue("table"))
        return
    database = Database(tmp_path / "ledger.db")
    yield SqliteCards(database)
    database.close()


def claimed(cards: Cards, owner: str = "a") -> Card:
    card = cards.claim(owner, LONG)
    assert card is not None
    return card


def due(cards: Cards) -> Card:
    """The next card, as soon as there is one."""
    until = time.monotonic() + 5
    while (card := cards.claim("a", LONG)) is None:
        assert time.monotonic() < until
        cards.wait(0.02)
    return card


def test_an_opened_card_is_claimed_once_it_is_due(cards: Cards) -> None:
    cards.open(FIRST, time.time() + LONG)
    assert cards.claim("a", LONG) is None
    cards.open(SECOND, 0)
    card = claimed(cards)
    assert (card.message, card.owner, card.done) == (SECOND, "a", Done())


def test_opening_again_changes_nothing(cards: Cards) -> None:
    cards.open(FIRST, 0)
    card = claimed(cards)
    cards.finish(card, Done(ts="9.9"), None)
    cards.open(FIRST, 0, "words")
    assert cards.claim("a", LONG) is None


def test_words_come_back(cards: Cards) -> None:
    cards.open(FIRST, 0, "Hello")
    assert claimed(cards).words == "Hello"


def test_whether_words_were_said_is_known_per_channel(cards: Cards) -> None:
    began = time.time()
    cards.open(FIRST, 0)
    assert not cards.spoke("T1", "C1", began - LONG)
    cards.open(SECOND, 0, "Hello")
    assert cards.spoke("T1", "C1", began - LONG)
    assert not cards.spoke("T1", "C1", time.time() + LONG)
    assert not cards.spoke("T1", "C2", began - LONG)


def test_what_slack_told_of_our_message_comes_with_its_card_even_when_told_first(cards: Cards) -> None:
    cards.see(FIRST, "8.8")
    cards.see(FIRST, "9.9")
    cards.open(FIRST, 0)
    cards.open(ELSEWHERE, 0)
    assert {card.message.channel: card.seen for card in (claimed(cards), claimed(cards, "b"))} == {
        "C1": "9.9",
        "C2": None,
    }


def test_one_sender_at_a_time_in_a_channel(cards: Cards) -> None:
    for message in (FIRST, SECOND, ELSEWHERE):
        cards.open(message, 0)
    first, other = claimed(cards, "a"), claimed(cards, "b")
    assert {first.message.channel, other.message.channel} == {"C1", "C2"}
    assert cards.claim("c", LONG) is None
    assert sorted(cards.owners()) == ["a", "b"]


def test_a_claimed_card_knows_how_many_others_are_due_in_its_channel(cards: Cards) -> None:
    for message in (FIRST, SECOND, ELSEWHERE):
        cards.open(message, 0)
    assert sorted((claimed(cards).others, claimed(cards).others)) == [0, 1]


def test_a_card_given_back_makes_room_for_the_next_in_its_channel(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.open(SECOND, 1)
    cards.finish(claimed(cards), Done(), time.time())
    assert claimed(cards).message == SECOND


def test_a_first_message_goes_before_anything_that_is_done_to_those_that_stand(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(ts="9.9"), 1)
    cards.open(SECOND, 2)
    cards.finish(claimed(cards), Done(tries=1), 3)
    assert claimed(cards).message == SECOND


def test_what_stands_already_is_claimed_although_its_channel_rests(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(ts="9.9"), 0, rest_until=time.time() + LONG)
    cards.open(SECOND, 0)
    card = claimed(cards)
    cards.finish(card, Done(tries=1), 0)
    assert claimed(cards).message == FIRST


def test_a_resting_channel_is_left_alone(cards: Cards) -> None:
    for message in (FIRST, SECOND):
        cards.open(message, 0)
        cards.finish(claimed(cards), Done(tries=1), time.time() + 0.1)
    cards.finish(due(cards), Done(tries=1), 0, rest_until=time.time() + LONG)
    assert cards.claim("a", LONG) is None


def test_a_fresh_card_is_claimed_in_a_resting_channel_and_knows_of_the_rest(cards: Cards) -> None:
    until = time.time() + LONG
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(), None, rest_until=until)
    cards.open(SECOND, 0)
    assert claimed(cards).rest_until == pytest.approx(until)


def test_a_lease_that_ran_out_frees_the_channel_and_the_late_sender_is_told(cards: Cards) -> None:
    cards.open(FIRST, 0)
    late = cards.claim("a", 0.0)
    assert late is not None
    claimed(cards, "b")
    with pytest.raises(Unavailable):
        cards.note(late, Done(ts="1"))
    with pytest.raises(Unavailable):
        cards.finish(late, Done(ts="1"), None)


def test_a_released_owner_holds_nothing(cards: Cards) -> None:
    cards.open(FIRST, 0)
    claimed(cards, "dead")
    cards.release("dead")
    assert cards.owners() == []
    assert claimed(cards, "b").message == FIRST


def test_notes_survive_the_sender(cards: Cards) -> None:
    cards.open(FIRST, 0)
    done = Done(reactions=frozenset({"eyes"}), posting=12.5, ts="3.3", digest="d", tries=2, fault="f")
    cards.note(claimed(cards), done)
    cards.release("a")
    assert claimed(cards, "b").done == done


def test_a_report_wakes_its_card(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(), None)
    assert cards.announce("i1", SOURCE, {"state": "done"}) == ("slack",)
    assert claimed(cards).reports == {"i1": {"state": "done"}}


def test_a_report_that_comes_while_a_card_is_claimed_is_not_missed(cards: Cards) -> None:
    cards.open(FIRST, 0)
    card = claimed(cards)
    cards.announce("i1", SOURCE, {"state": "done"})
    cards.finish(card, Done(), None)
    assert claimed(cards).reports


def test_a_report_begins_a_card_that_was_lost(cards: Cards) -> None:
    cards.announce("i1", SOURCE, {"state": "done"})
    assert claimed(cards).message == FIRST


def test_the_same_report_again_wakes_nobody(cards: Cards) -> None:
    cards.announce("i1", SOURCE, {"state": "done"})
    cards.finish(claimed(cards), Done(), None)
    cards.announce("i1", SOURCE, {"state": "done"})
    assert cards.claim("a", LONG) is None


def test_pictures_from_elsewhere_have_no_card(cards: Cards) -> None:
    assert cards.announce("i1", replace(SOURCE, kind="file"), {}) == ()
    assert cards.claim("a", LONG) is None


def test_withdrawing_wakes_the_card_and_holds_for_one_opened_later(cards: Cards) -> None:
    cards.withdraw(FIRST, "deleted")
    cards.open(FIRST, time.time() + LONG)
    cards.announce("i1", SOURCE, {"state": "done"})
    assert claimed(cards).withdrawn == "deleted"


def test_leaving_a_channel_ends_only_its_unfinished_cards(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(ts="1"), None)
    cards.open(SECOND, 0)
    cards.open(ELSEWHERE, time.time() + LONG)
    cards.leave("T1", "C1", "removed")
    card = claimed(cards)
    assert (card.message, card.withdrawn) == (SECOND, "removed")
    cards.finish(card, Done(), None)
    assert cards.claim("a", LONG) is None


def test_a_pace_allows_its_burst_and_then_says_when(cards: Cards) -> None:
    pace = Pace(10.0, 3)
    assert [cards.reserve("T1", "m", pace) for _ in range(3)] == [0, 0, 0]
    assert 8 < cards.reserve("T1", "m", pace) - time.time() <= 10
    assert cards.reserve("T1", "other", pace) == 0
    assert cards.reserve("T2", "m", pace) == 0


def test_a_hold_stops_a_method_for_everybody_and_is_never_shortened(cards: Cards) -> None:
    until = time.time() + LONG
    cards.hold("T1", "m", until)
    cards.hold("T1", "m", until - 50)
    assert cards.reserve("T1", "m", Pace(0.0, 9)) == pytest.approx(until)


def test_cards_in_trouble_are_told(cards: Cards) -> None:
    cards.open(FIRST, 0)
    cards.finish(claimed(cards), Done(over="the end"), None)
    cards.open(SECOND, 0)
    cards.finish(claimed(cards), Done(fault="not now"), None)
    assert cards.stopped(5) == [(SECOND, "not now"), (FIRST, "the end")]


def test_many_senders_never_meet_in_a_channel(cards: Cards) -> None:
    for number in range(30):
        cards.open(Message("T1", f"C{number % 3}", f"{number}.1", "1"), 0)
    busy: set[str] = set()
    met: list[str] = []
    taken: list[str] = []

    def send(owner: str) -> None:
        misses = 0
        while misses < 50:
            card = cards.claim(owner, LONG)
            if card is None:
                misses += 1
                time.sleep(0.002)
                continue
            if card.message.channel in busy:
                met.append(card.message.channel)
            busy.add(card.message.channel)
            time.sleep(0.001)
            busy.discard(card.message.channel)
            taken.append(card.message.ts)
            cards.finish(card, Done(ts="1"), None)

    threads = [threading.Thread(target=send, args=(f"s{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met
    assert len(taken) == len(set(taken)) == 30


def test_waiting_ends_when_somebody_else_writes(cards: Cards) -> None:
    cards.wait(0)
    threading.Timer(0.1, cards.open, (FIRST, 0.0)).start()
    began = time.monotonic()
    while cards.claim("a", LONG) is None and time.monotonic() - began < 5:
        cards.wait(5.0)
    assert time.monotonic() - began < 2


@pytest.fixture(params=["sqlite", "dynamo"])
def shares(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shares]:
    if request.param == "dynamo":
        yield DynamoShares(request.getfixturevalue("table"))
        return
    database = Database(tmp_path / "ledger.db")
    yield SqliteShares(database)
    database.close()


def test_a_share_is_missed_only_when_overdue_and_not_met(shares: Shares) -> None:
    share, late = Share("T1", "C1", "F1"), Share("T1", "C1", "F2")
    shares.expect(share, time.time() + LONG)
    assert shares.missed() is None
    shares.expect(late, 0)
    assert shares.missed() == late
    shares.postpone(late, time.time() + LONG)
    assert shares.missed() is None
    shares.postpone(late, 0)
    shares.met([late])
    assert shares.missed() is None


def test_a_message_that_came_first_is_remembered(shares: Shares) -> None:
    share = Share("T1", "C1", "F1")
    shares.met([share])
    shares.expect(share, 0)
    shares.postpone(share, 0)
    assert shares.missed() is None


def test_a_channel_that_rests_for_something_else_lets_no_card_post_either(cards: Cards) -> None:
    assert cards.rest("T1", "C1", LONG) == 0
    assert 0 < cards.rest("T1", "C1", LONG) - time.time() <= LONG
    assert cards.rest("T1", "C2", LONG) == 0
    cards.open(FIRST, 0)
    fresh = claimed(cards)
    assert fresh.rest_until > time.time()


def test_nothing_else_is_posted_in_a_channel_that_a_card_is_being_sent_to(cards: Cards) -> None:
    cards.open(FIRST, 0)
    card = claimed(cards)
    assert cards.rest("T1", "C1", LONG) > time.time()
    cards.finish(card, Done(), None)
    assert cards.rest("T1", "C1", LONG) == 0
