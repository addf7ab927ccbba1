"""The sender of mail is killed at every one of its effects, and at random: nothing arrives twice, and what is
in doubt can be seen."""

import os
import random
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.mailing import IN_DOUBT
from tests.flow.dying import died_at
from tests.mail.house import OPS, House, house
from tests.mail.office import Book

KILLS = int(os.environ.get("KILLS", "40"))
SEED = int(os.environ.get("SEED", "7"))


def in_doubt(home: House) -> int:
    """How many deliveries are parked because nobody knows whether they arrived."""
    found = home.database.read("SELECT fault FROM deliveries WHERE state='parked'")
    assert all(row["fault"].startswith(IN_DOUBT) for row in found)
    return len(found)


def recovered(home: House) -> None:
    """Another sender goes on where one died."""
    for owner in home.outbox.owners():
        home.outbox.release(owner)
    while home.send("afterwards"):
        home.hurry()


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command to the server is an effect as well: ``tests.flow.dying`` counts it by this operation."""
    from tests.flow import dying

    monkeypatch.setattr(dying, "FILES", (*dying.FILES, (smtplib.SMTP, "send"), (smtplib.SMTP, "getreply")))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the server's thread stays with the parent
@pytest.mark.usefixtures("effects")
def test_killed_at_each_effect_a_message_arrives_once_or_is_seen_to_be_in_doubt(tmp_path: Path) -> None:
    outcomes: Counter[tuple[int, int]] = Counter()
    for moment in count():
        folder = tmp_path / str(moment)
        folder.mkdir()
        with house(folder) as home:
            home.tell(OPS)
            died = died_at(home.database, lambda home=home: home.send("one"), moment)  # type: ignore[misc]
            received = len(home.book.got)
            recovered(home)
            arrived = len(home.book.got)
            assert arrived <= 1, f"effect {moment}"
            assert arrived + in_doubt(home) >= 1, f"effect {moment}"
            assert (home.standing().due, in_doubt(home) <= 1) == (0, True)
            if received:
                assert arrived == received
            outcomes[arrived, in_doubt(home)] += 1
        if not died:
            break
    assert outcomes[1, 0] > 20  # before and after the two windows: arrived, and known to have
    assert 1 <= outcomes[1, 1] <= 8  # the answer was lost with the sender
    assert 1 <= outcomes[0, 1] <= 3  # it died between its note and the last step


def test_killed_at_random_each_mailbox_gets_each_message_once(tmp_path: Path) -> None:
    chance, mailboxes = random.Random(SEED), [OPS, "ada@example.org", "grace@example.org"]
    with house(tmp_path, Book(slow=0.004)) as home:
        for mailbox in mailboxes[1:]:
            home.subscribe(mailbox)
        for number in range(KILLS):
            home.tell(*mailboxes, number=number)
        with senders(home) as nursery:
            for _ in range(KILLS):
                killed_after_progress(home, nursery, chance)
        recovered(home)
        got, doubt = home.book.count(), in_doubt(home)
    assert set(got.values()) == {1}
    assert 3 * KILLS - doubt <= len(got) <= 3 * KILLS


@contextmanager
def senders(home: House) -> Iterator[subprocess.Popen[str]]:
    """A process that forks senders."""
    command = [sys.executable, "-m", "tests.mail.mail_process", str(home.database.path), home.where]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as nursery:  # type: ignore[call-overload]
        yield nursery
        nursery.stdin.close()


def killed_after_progress(home: House, nursery: subprocess.Popen[str], chance: random.Random) -> None:
    """Let a sender get on by a message, then kill it a moment later."""
    assert nursery.stdin
    assert nursery.stdout
    before = len(home.book.got)
    nursery.stdin.write("another\n")
    nursery.stdin.flush()
    process = int(nursery.stdout.readline())
    until = time.monotonic() + 30
    while len(home.book.got) == before and home.standing().due and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.02))
    os.kill(process, signal.SIGKILL)
    assert nursery.stdout.readline() == "gone\n"


def test_the_note_is_on_disk_before_the_last_step(tmp_path: Path) -> None:
    """A look at the ledger by another connection at the very moment of the last step."""
    seen: list[Any] = []
    with house(tmp_path) as home:
        home.tell(OPS)
        original = smtplib.SMTP.send

        def send(self: smtplib.SMTP, data: Any) -> None:
            if data == b".\r\n":
                other = Database(home.database.path)
                seen.extend(row["progress"] for row in other.read("SELECT progress FROM deliveries"))
                other.close()
            original(self, data)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(smtplib.SMTP, "send", send)
            home.send()
    assert len(seen) == 1
    assert "handed_over" in seen[0]
