"""A sender in a process of its own, to be killed: ``-m tests.bot.sender_process LEDGER API_URL TOKEN``."""

import sys
import threading
from pathlib import Path

from bot import calls, outbox
from bot.api import client
from bot.calls import Calls
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.cards import Pace

HASTE = ((outbox, "PER_CHANNEL", 0.02), (outbox, "IN_DOUBT", 1.0))


def main(ledger: str, api_url: str, token: str) -> None:
    """Send until killed, as fast as the sandbox allows."""
    for module, name, value in HASTE:
        setattr(module, name, value)
    for paces in (calls.PACES, calls.SPARE):
        paces.update(dict.fromkeys(paces, Pace(0.001, 1000)))
    database = Database(Path(ledger))
    sender = outbox.Outbox(SqliteCards(database), SqliteCatalog(database, []), Calls(client(token, api_url)))
    sender.run(threading.Event(), senders=3)


if __name__ == "__main__":
    main(*sys.argv[1:])
