"""A sender in a process of its own, to be killed: ``-m tests.news.sender_process LEDGER NAME=URL...``."""

import sys
import threading
from pathlib import Path

from pipeline.adapters.guarded_http import GuardedHttp
from pipeline.adapters.hook_forms import signed
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.webhook import HttpCarrier
from pipeline.news import Sink
from pipeline.sending import Sender


def main(ledger: str, *sinks: str) -> None:
    """Send until killed."""
    http = GuardedHttp(["localhost"])
    named = dict(each.split("=", 1) for each in sinks)
    carriers = {
        name: HttpCarrier(http, signed(Sink(name, "webhook", url), "https://loupe.example"))
        for name, url in named.items()
    }
    lanes = dict.fromkeys(carriers, 2)
    Sender(SqliteOutbox(Database(Path(ledger))), carriers, lanes=lanes).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
