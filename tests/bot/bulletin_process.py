"""A sender of bulletins in a process of its own, to be killed: ``bulletin_process LEDGER API_URL TOKEN``."""

import sys
import threading
from pathlib import Path

from bot.api import client
from bot.bulletins import trip
from bot.bulletins.carrier import Bulletins
from bot.bulletins.gear import Gear
from bot.bulletins.posts import Posts
from bot.bulletins.uploads import Uploads
from pipeline.adapters.sqlite_chart_ways import SqliteChartWays
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.upload import put
from pipeline.news import SLACK
from pipeline.sending import Sender
from tests.bot.house import Book
from tests.bot.kiosk import PNG, Unhurried

IN_DOUBT = 0.6
"""Seconds; a post to the sandbox is there or not long before."""


def main(ledger: str, api_url: str, token: str) -> None:
    """Send until killed, as fast as the sandbox allows."""
    trip.IN_DOUBT = IN_DOUBT
    database, web = Database(Path(ledger)), client(token, api_url)
    ways = SqliteChartWays(database)
    gear = Gear(Posts(web), Uploads(web, put), Unhurried(database), ways, lambda _: PNG)
    outbox = SqliteOutbox(database, waits=(0.05,) * 40)
    Sender(outbox, {SLACK: Bulletins(gear, Book())}, lanes={SLACK: 3}).run(threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
