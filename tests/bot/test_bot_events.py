"""Deliveries as Slack sends them, kept as files: what is heard in each of them."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.arrivals import posted
from bot.envelope import answered, is_ours, team_of
from bot.intake import HINT, NOT_A_PICTURE, Door
from bot.listeners.events.message import hear
from pipeline.adapters.memory_cards import MemoryCards
from pipeline.cards import Card, Message, Share
from tests.bot.house import Book

EVENTS = Path(__file__).parent / "events"
TEAM, CHANNEL, TS = "T043DB835ML", "C043YJGBY49", "1670631527.874149"
MESSAGE = Message(TEAM, CHANNEL, TS, TS)
THREAD = "1670630000.000100"


def delivery(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return found


class Known:
    """Remembers which shares met their message."""

    def __init__(self) -> None:
        self.shares: list[Share] = []

    def expect(self, share: Share, due_at: float) -> None: ...

    def met(self, shares: list[Share]) -> None:
        self.shares += shares

    def missed(self) -> Share | None:
        return None

    def postpone(self, share: Share, due_at: float) -> None: ...


class Ear:
    """Hears deliveries and remembers what came of them."""

    def __init__(self) -> None:
        self.book, self.cards, self.known = Book(), MemoryCards(), Known()
        self.door = Door(self.book, self.cards, self.known)

    def hear(self, name: str, **changes: Any) -> "Ear":
        body = delivery(name) | changes
        hear(body["event"], body, team_of(body), self.door, self.cards)
        return self

    def files(self) -> list[str]:
        return [image.source.locator for image in self.book.images.values()]

    def card(self) -> Card | None:
        return self.cards.claim("test", 60)


@pytest.mark.parametrize(
    ("name", "files", "thread", "private"),
    [
        ("file_share", ["F04EGR2P9K3"], TS, False),
        ("file_share_two_and_a_pdf", ["F04EGR2P9K3", "F04EGR2P9K4"], TS, False),
        ("file_share_in_thread", ["F04EGR2P9K3"], THREAD, False),
        ("file_share_slack_connect", ["F12345678"], TS, False),
        ("file_share_direct", ["F04EGR2P9K3"], TS, True),
        ("file_share_org_install", ["F04EGR2P9K3"], TS, False),
        ("thread_broadcast", ["F04EGR2P9K3"], THREAD, False),
        ("bot_message", ["F04EGR2P9K3"], TS, False),
    ],
)
def test_the_pictures_of_a_message_are_taken_in_and_their_card_is_begun(
    name: str, files: list[str], thread: str, private: bool
) -> None:
    ear = Ear().hear(name).hear(name)
    assert ear.files() == files
    assert {i.source.team for i in ear.book.images.values()} == {TEAM}
    assert {i.source.private for i in ear.book.images.values()} == {private}
    card = ear.card()
    assert card
    assert (card.message.ts, card.message.thread, card.words) == (TS, thread, None)


def test_deliveries_of_a_burst_take_turns() -> None:
    ear, inside = Ear(), threading.Semaphore(1)
    enter = ear.book.enter

    def alone(arrivals: Any) -> Any:
        assert inside.acquire(blocking=False)
        time.sleep(0.005)
        inside.release()
        return enter(arrivals)

    ear.book.enter = alone  # type: ignore[method-assign]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ear.hear, ["file_share"] * 16))


def test_every_file_of_a_message_has_met_it_pictures_or_not() -> None:
    ids = [share.file for share in Ear().hear("file_share_two_and_a_pdf").known.shares]
    assert ids == ["F04EGR2P9K3", "F04EGR2P9K4", "F04EGR2P9K5"]


def test_a_word_in_private_gets_the_hint_and_the_next_one_none() -> None:
    ear = Ear().hear("direct_text")
    card = ear.card()
    assert card
    assert card.words == HINT
    event = delivery("direct_text")["event"] | {"ts": "1670631999.000100"}
    ear.cards.finish(card, card.done, None)
    assert ear.hear("direct_text", event=event).card() is None


def test_a_document_in_private_is_told_what_is_a_picture() -> None:
    event = delivery("file_share_direct")["event"]
    event["files"][0] |= {"name": "plan.pdf", "mimetype": "application/pdf", "filetype": "pdf"}
    card = Ear().hear("file_share_direct", event=event).card()
    assert card
    assert card.words == NOT_A_PICTURE


@pytest.mark.parametrize("named", [{}, {"api_app_id": None}, {"api_app_id": None, "authorizations": None}])
def test_our_own_card_is_known_as_ours_and_as_there(named: dict[str, Any]) -> None:
    body = delivery("own_card") | named
    assert is_ours(body["event"], body)
    assert answered(body["event"]) == MESSAGE
    ear = Ear().hear("own_card", **named).hear("file_share")
    card = ear.card()
    assert card
    assert card.seen == "1670631529.112119"


def test_pictures_that_we_post_ourselves_are_passed_by() -> None:
    event = delivery("own_card")["event"] | {"files": delivery("file_share")["event"]["files"]}
    ear = Ear().hear("own_card", event=event)
    assert not ear.files()
    assert ear.card() is None
    assert ear.known.shares == [Share(TEAM, CHANNEL, "F04EGR2P9K3")]


def test_a_card_that_names_another_workspace_or_channel_proves_nothing() -> None:
    for changed in ({"channel": "C0ELSEWHERE"}, {"channel": CHANNEL, "blocks": []}):
        event = delivery("own_card")["event"] | changed
        card = Ear().hear("own_card", event=event).hear("file_share").card()
        assert card
        assert card.seen is None


def test_an_unfurled_link_changes_nothing() -> None:
    card = Ear().hear("file_share").hear("message_changed_unfurl").card()
    assert card
    assert card.withdrawn is None


@pytest.mark.parametrize(
    "name", ["message_changed_file_deleted", "message_changed_tombstone", "message_deleted"]
)
@pytest.mark.parametrize("first", ["message", "end"])
def test_what_was_deleted_is_withdrawn_whichever_comes_first(name: str, first: str) -> None:
    ear = Ear()
    for each in ("file_share", name) if first == "message" else (name, "file_share"):
        ear.hear(each)
    card = ear.card()
    assert card
    assert card.withdrawn
    assert "deleted" in card.withdrawn


def test_a_shared_files_event_and_its_message_name_the_same_share() -> None:
    shared, message = delivery("file_shared"), delivery("file_share")
    event = shared["event"]
    share = Share(team_of(shared), event["channel_id"], event["file_id"])
    assert share in posted(message["event"], team_of(message)).shares


def test_leaving_withdraws_what_is_not_finished() -> None:
    from bot.listeners.events.departure import REMOVED

    ear = Ear().hear("file_share")
    for name in ("member_left_channel", "channel_left"):
        body = delivery(name)
        ear.cards.leave(team_of(body), body["event"]["channel"], REMOVED)
    card = ear.card()
    assert card
    assert card.withdrawn == REMOVED
