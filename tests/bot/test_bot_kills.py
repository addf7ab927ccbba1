"""The sender is killed again and again; every picture gets one card, and no more."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.arrivals import posted
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.ledger import Plan
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.house import picture
from tests.bot.reports import report

CHANNELS = ("C0PICTURES", "C0GENERAL1", "G0PRIVATE1", "D0ADALOVE1")
EACH, KILLS = 15, 12
ALL = EACH * len(CHANNELS)
TEAM = "T0SANDBOX1"


@pytest.fixture
def slack() -> Iterator[Control]:
    with running(SandboxConfig(enforce_rates=False)) as control:
        yield control


def take_in(slack: Control, ledger: Path) -> list[dict[str, Any]]:
    """Post pictures and write them into the ledger as looked at, their cards not sent yet."""
    database = Database(ledger)
    entrance, cards = SqliteLedger(database), SqliteCards(database)
    messages = []
    for number in range(EACH * len(CHANNELS)):
        message = slack.post((f"{number}.jpg", picture()), channel=CHANNELS[number % len(CHANNELS)])
        found = posted({**message["message"], "channel": message["channel"]}, TEAM)
        entries = entrance.enter(found.arrivals, lambda image, rows, tasks: Plan())
        cards.open(found.message, time.time())
        for entry in entries:
            arrived = entry.arrived
            cards.announce(arrived.image, arrived.source, report(id=arrived.image, short=arrived.short))
        messages.append(message)
    database.close()
    return messages


def sender(slack: Control, ledger: Path) -> subprocess.Popen[bytes]:
    arguments = [str(ledger), slack.api_url, SandboxConfig().bot_token]
    return subprocess.Popen([sys.executable, "-m", "tests.bot.sender_process", *arguments])


def answers(slack: Control) -> Counter[str]:
    return Counter(m["thread_ts"] for channel in CHANNELS for m in slack.messages(channel) if m.get("bot_id"))


def test_every_picture_gets_exactly_one_card_however_often_the_sender_dies(
    slack: Control, tmp_path: Path
) -> None:
    messages = take_in(slack, tmp_path / "ledger.db")
    send_and_kill(slack, tmp_path / "ledger.db", KILLS, lambda control: sum(answers(control).values()))
    assert answers(slack) == {message["ts"]: 1 for message in messages}
    announce_again(tmp_path / "ledger.db")
    send_and_kill(slack, tmp_path / "ledger.db", KILLS // 3, edited)
    assert answers(slack) == {message["ts"]: 1 for message in messages}


def send_and_kill(slack: Control, ledger: Path, kills: int, done: Callable[[Control], int]) -> None:
    """Let a sender do its work, killing it again and again, each time after it got on a little."""
    chance, process = random.Random(7), sender(slack, ledger)
    try:
        for _ in range(kills):
            _progress(slack, done)
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
            process.wait()
            process = sender(slack, ledger)
        slack.wait(lambda control: done(control) == ALL and not _due(ledger), 60)
    finally:
        process.kill()
        process.wait()


def _progress(slack: Control, done: Callable[[Control], int]) -> None:
    """Wait until one more is done, or all of them are."""
    before = done(slack)
    slack.wait(lambda control: done(control) > before or done(control) == ALL, 20)


def announce_again(ledger: Path) -> None:
    """Something changed for every picture, as when its publication is announced."""
    database = Database(ledger)
    cards, catalog = SqliteCards(database), SqliteCatalog(database, [])
    for image in catalog.newest(ALL):
        cards.announce(image.image, image.source, report(id=image.image, short=image.short, faces=[]))
    database.close()


def edited(slack: Control) -> int:
    """How many cards say what was announced last."""
    said = [m["text"] for channel in CHANNELS for m in slack.messages(channel) if m.get("bot_id")]
    return sum("No faces seen" in words for words in said)


def _due(ledger: Path) -> int:
    database = Database(ledger)
    try:
        return int(database.read("SELECT COUNT(*) AS n FROM cards WHERE due_at IS NOT NULL")[0]["n"])
    finally:
        database.close()
