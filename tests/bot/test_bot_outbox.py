"""The sending loop by itself: it starts, it stops, it takes over from the dead."""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.calls import PACES, SPARE
from bot.outbox import Outbox
from bot.refusals import Kind, Refusal, retry_after
from pipeline.adapters.memory_cards import MemoryCards
from pipeline.cards import Done, Message
from pipeline.errors import Unavailable
from pipeline.model import Source
from tests.bot.house import Book, House, house
from tests.bot.reports import report

MESSAGE = Message("T1", "C1", "1.1", "1.1")
SOURCE = Source("slack", "a.jpg", "F1", "T1", "C1", "1.1", "1.1", "U1")


class Spy:
    """Slack's methods, answering that all went well."""

    def __init__(self) -> None:
        self.posts: list[Message] = []
        self.posted = threading.Event()

    def post(self, message: Message, content: Any) -> str:
        self.posts.append(message)
        self.posted.set()
        return "9.9"

    def react(self, message: Message, name: str) -> None: ...

    def unreact(self, message: Message, name: str) -> None: ...


def ready() -> tuple[MemoryCards, Book]:
    """A card whose picture has its report."""
    cards, book = MemoryCards(), Book()
    image = book.enter([("k", SOURCE)])[0].arrived.image
    book.settle(image, report())
    cards.announce(image, SOURCE, report())
    return cards, book


def run(outbox: Outbox, until: threading.Event) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=outbox.run, args=(stop, 2))
    thread.start()
    try:
        assert until.wait(10)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_the_loop_sends_and_stops_when_told() -> None:
    cards, book = ready()
    spy = Spy()
    run(Outbox(cards, book, spy), spy.posted)  # type: ignore[arg-type]
    assert spy.posts == [MESSAGE]
    assert cards.owners() == []


def test_a_claim_of_a_dead_process_is_taken_back_at_the_start() -> None:
    cards, book = ready()
    gone = os.spawnlp(os.P_NOWAIT, "true", "true")
    os.waitpid(gone, 0)
    assert cards.claim(f"{socket.gethostname()}/{gone}/0", 600)
    spy = Spy()
    run(Outbox(cards, book, spy), spy.posted)  # type: ignore[arg-type]
    assert spy.posts == [MESSAGE]


def test_a_claim_of_the_living_and_of_other_machines_is_respected() -> None:
    cards, book = ready()
    assert cards.claim(f"elsewhere/{os.getpid()}/0", 600)
    outbox = Outbox(cards, book, Spy())  # type: ignore[arg-type]
    outbox._free_the_dead()
    assert not outbox.send_next("me")


def test_a_broken_ledger_is_waited_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cards, book = ready()
    spy = Spy()
    claim, faults = cards.claim, [Unavailable("The disk is full."), KeyError("a bug")]

    def broken(owner: str, lease: float) -> Any:
        if faults:
            raise faults.pop()
        return claim(owner, lease)

    monkeypatch.setattr(cards, "claim", broken)
    monkeypatch.setattr("bot.outbox.PAUSE", 0.01)
    with caplog.at_level(logging.WARNING):
        run(Outbox(cards, book, spy), spy.posted)  # type: ignore[arg-type]
    assert "The disk is full." in caplog.text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"retry-after": ["7"]}, 7),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "99999"}, 3600),
        ({"Retry-After": "soon"}, 5),
        ({}, 5),
    ],
)
def test_the_wait_that_slack_names_is_read_with_sense(headers: dict[str, Any], seconds: float) -> None:
    assert retry_after(headers) == seconds


def test_a_refusal_names_the_scope_that_is_missing() -> None:
    assert "scope chat:write" in Refusal(Kind.IDENTITY, "missing_scope", needed="chat:write").words


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 500}, Kind.UNSURE),
        ({"error": "fatal_error"}, Kind.UNSURE),
        ({"error": "invalid_auth"}, Kind.IDENTITY),
        ({"error": "invalid_blocks"}, Kind.SHAPE),
        ({"error": "restricted_action"}, Kind.NEVER),
        ({"retry_after": 3}, Kind.LATER),
    ],
)
def test_every_refusal_is_sorted(home: House, fault: dict[str, Any], kind: Kind) -> None:
    home.slack.call("inject", method="chat.delete", **fault)
    with pytest.raises(Refusal) as caught:
        home.outbox._calls.remove(Message("T", "C0PICTURES", "1.1", "1.1"), "1.1")
    assert caught.value.kind is kind


def test_links_leave_the_larger_part_of_the_edits_to_verdicts() -> None:
    """A minute's edits stay within Slack's 50 whoever makes them, and those that can wait go last."""
    cards, method = MemoryCards(), "chat.update"
    spare, whole = SPARE[method], PACES[method]
    assert spare.every == whole.every
    assert whole.burst + 60 / whole.every <= 50
    links = [cards.reserve("T1", method, spare) == 0 for _ in range(10)]
    assert links.count(True) == spare.burst
    verdicts = [cards.reserve("T1", method, whole) == 0 for _ in range(10)]
    assert verdicts.count(True) == whole.burst - spare.burst


def test_cards_that_wait_for_the_same_call_do_not_all_ask_again_at_once() -> None:
    cards, book = MemoryCards(), Book()
    for number in range(60):
        source = replace(SOURCE, message=f"{number}.1", thread=f"{number}.1")
        image = book.enter([(str(number), source)])[0].arrived.image
        book.settle(image, report())
        cards.announce(image, source, report())
        card = cards.claim("before", 60)
        assert card is not None
        cards.finish(card, Done(ts="9.9", told=True, mute=True), None)
    for image, listed in book.images.items():
        cards.announce(image, listed.source, report(faces=[]))
    cards.hold("T1", "chat.update", time.time() + 1)
    outbox = Outbox(cards, book, Spy())  # type: ignore[arg-type]
    while outbox.send_next("me"):
        pass
    again = sorted(kept.due_at or 0.0 for kept in cards._kept.values())
    assert again[-1] - again[0] > 30
