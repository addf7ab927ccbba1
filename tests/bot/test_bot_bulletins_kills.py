"""The process that sends bulletins is killed again and again: each stands there once, with its details."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_facts import SCHEMA as FACTS
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.news import SLACK, Address, Draft
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.digests import TEAM, told

CHANNELS = ("C0PICTURES", "C0GENERAL1", "G0PRIVATE1")
EACH, KILLS = 12, 18
ALL = EACH * len(CHANNELS)
REPLY = 1
"""A digest has its details as one reply."""


@pytest.fixture
def slack() -> Iterator[Control]:
    with running(SandboxConfig(enforce_rates=False)) as control:
        yield control


def write(ledger: Path) -> None:
    """Digests for each channel, none of them sent."""
    database = Database(ledger)
    database.define(FACTS)
    newsroom = SqliteNewsroom(database)
    for number in range(ALL):
        channel = CHANNELS[number % len(CHANNELS)]
        draft = Draft(f"digest/{number}", "digest", f"{number}", told(), team=TEAM, channel=channel)
        newsroom.tell(draft, [Address(SLACK, channel)])
    database.close()


def sender(slack: Control, ledger: Path) -> subprocess.Popen[bytes]:
    arguments = [str(ledger), slack.api_url, SandboxConfig().bot_token]
    return subprocess.Popen([sys.executable, "-m", "tests.bot.bulletin_process", *arguments])


def posts(slack: Control) -> int:
    """How many messages of ours there are, replies included."""
    return sum(bool(each.get("bot_id")) for channel in CHANNELS for each in slack.messages(channel))


def threads(slack: Control) -> Counter[int]:
    """How many of our messages have how many replies."""
    own = [m for channel in CHANNELS for m in slack.messages(channel) if m.get("bot_id")]
    replies = Counter(m["thread_ts"] for m in own if m.get("parent_user_id"))
    return Counter(replies[m["ts"]] for m in own if not m.get("parent_user_id"))


def due(ledger: Path) -> int:
    database = Database(ledger)
    try:
        return int(database.read("SELECT COUNT(*) AS n FROM deliveries WHERE state<>'sent'")[0]["n"])
    finally:
        database.close()


def test_every_digest_stands_there_once_however_often_the_sender_dies(slack: Control, tmp_path: Path) -> None:
    ledger, chance = tmp_path / "ledger.sqlite", random.Random(5)
    write(ledger)
    process = sender(slack, ledger)
    try:
        for _ in range(KILLS):
            before = posts(slack)
            slack.wait(lambda control, seen=before: posts(control) > seen or not due(ledger), 20)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.04))
            process.kill()
            process.wait()
            process = sender(slack, ledger)
        slack.wait(lambda _: not due(ledger), 60)
    finally:
        process.kill()
        process.wait()
    assert threads(slack) == {REPLY: ALL}
