"""Senders of mail in processes of their own, to be killed: ``-m tests.mail.mail_process LEDGER HOST:PORT``.

For every line on stdin a sender is forked, and its process id is printed; the one before has died by then.
"""

import os
import sys
import threading
from pathlib import Path

from pipeline.adapters import sqlite_facts
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.news import MAIL
from pipeline.sending import Sender
from tests.mail.house import carrier


def main(ledger: str, where: str) -> None:
    """Fork a sender for every line."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            send(ledger, where)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


def send(ledger: str, where: str) -> None:
    """Send until killed."""
    database = Database(Path(ledger))
    database.define(sqlite_facts.SCHEMA)
    Sender(SqliteOutbox(database), {MAIL: carrier(database, where)[0]}).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
