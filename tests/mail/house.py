"""A ledger with news in it, a carrier of mail, and a server that takes it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address as Sender_
from pathlib import Path
from typing import Any

from pipeline.adapters.smtp import Smtp
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.letters.mailbox import folded
from pipeline.mailing import Links, MailCarrier, subscribed
from pipeline.news import MAIL, Address, Draft
from pipeline.outbox import Outcome, Standing
from pipeline.posting import SmtpOffice, office
from pipeline.sending import Sender
from pipeline.subscribers import Tokens
from pipeline.subscribing import Desk
from tests.mail.office import Book, served
from tests.mail.pieces import PNG, digest_data

SITE = "https://pictures.example.org"
TOKENS = Tokens(b"a key of the tests")
OPS = "Ops@example.org"


@dataclass
class House:
    """Everything from the outbox to the server."""

    database: Database
    newsroom: SqliteNewsroom
    outbox: SqliteOutbox
    people: SqliteSubscribers
    desk: Desk
    sender: Sender
    smtp: Smtp
    book: Book
    where: str
    """``host:port`` of the server."""

    def tell(self, *mailboxes: str, number: int = 1, **changes: Any) -> Draft:
        """Write a digest down for mailboxes."""
        key = f"digest/{number}"
        draft = Draft(key, "digest", key, digest_data(**changes))
        assert self.newsroom.tell(draft, [Address(MAIL, each) for each in mailboxes])
        return draft

    def send(self, owner: str = "test") -> list[Outcome]:
        """Send what is due now, and record what became of it."""
        outcomes = self.sender.send_due(MAIL, owner)
        self.outbox.turn(MAIL, owner, outcomes, want=0, lease=60)
        return outcomes

    def hurry(self) -> None:
        """What waits to be tried again is due at once."""
        with self.database.write() as connection:
            connection.execute("UPDATE deliveries SET due_at=? WHERE state='due'", (time.time(),))

    def standing(self) -> Standing:
        """How mail is doing."""
        return next(each for each in self.outbox.standings() if each.sink == MAIL)

    def subscribe(self, mailbox: str) -> None:
        """As if the reader had pressed the button."""
        self.people.ask(mailbox, "")
        assert self.people.agree(mailbox)


def carrier(database: Database, where: str, seconds: float = 10.0) -> tuple[MailCarrier, Smtp]:
    """A carrier for the operator and for subscribers, to a server at ``host:port``."""
    people, found = SqliteSubscribers(database, TOKENS), office(f"smtp://{where}")
    assert isinstance(found, SmtpOffice)
    smtp = Smtp(found, "example.org", seconds, seconds)
    readers = subscribed(frozenset({folded(OPS)}), people, Links(SITE, TOKENS))
    sender = Sender_("Loupe", addr_spec="loupe@example.org")
    return MailCarrier(smtp, sender, readers, lambda data: PNG, people), smtp


@contextmanager
def house(folder: Path, book: Book | None = None, **how: Any) -> Iterator[House]:
    """The house for as long as the block lasts."""
    book = book or Book()
    database = Database(folder / "ledger.sqlite")
    newsroom, outbox = SqliteNewsroom(database), _outbox(database)
    people = SqliteSubscribers(database, TOKENS)
    with served(book) as where:
        carries, smtp = carrier(database, where, **how)
        desk = Desk(people, newsroom)
        yield House(
            database, newsroom, outbox, people, desk, Sender(outbox, {MAIL: carries}), smtp, book, where
        )
        smtp.close()


def _outbox(database: Database) -> SqliteOutbox:
    from pipeline.adapters import sqlite_facts

    database.define(sqlite_facts.SCHEMA)
    return SqliteOutbox(database)
