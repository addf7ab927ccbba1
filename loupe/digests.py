"""Makes digests of this installation, and writes them down for those who hear them."""

import time
from dataclasses import replace

from loupe import mail, operators
from loupe.digest_books import Books, draft
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.sinks import sinks
from pipeline.adapters.sqlite_askings import SqliteAskings
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.digest import Digest
from pipeline.figures import EVERYTHING, Day, Scope, day_of
from pipeline.news import SLACK, Address, Draft, addresses


def books(base: Ground) -> Books:
    """What digests touch here."""
    return Books(
        base.settings,
        SqliteNumbers(base.database),
        SqliteCases(base.database),
        SqliteHabits(base.database),
        SqliteAskings(base.database),
        newsroom(base),
    )


def digest_of(base: Ground, scope: Scope, day: Day) -> Digest:
    """What happened on a day, as people are told."""
    return replace(books(base).digest(scope, day), so_far=time.time() < day.end)


def tell_digest(base: Ground, told: Digest, again: str = "") -> bool:
    """Write a digest down for all who hear it, once; ``again`` tells one that was asked for from others."""
    piece = draft(told, again)
    return newsroom(base).tell(piece, hearers(base, piece))


def hearers(base: Ground, piece: Draft) -> list[Address]:
    """Who hears a digest: the sinks that want it, and its channel, or the operators that of everything."""
    wanted = addresses(piece, sinks(base.settings.sinks))
    if piece.channel:
        return [*wanted, Address(SLACK, piece.channel)]
    channel = operators.channel(base.settings)
    return [*wanted, *([Address(SLACK, channel)] if channel else []), *mail.hearers(base)]


def today(base: Ground) -> Day:
    """The day that it is where this installation is."""
    return day_of(time.time(), base.settings.timezone)


def channels(base: Ground, day: Day) -> list[Scope]:
    """The channels in which pictures came that day, and everything last."""
    return [*SqliteNumbers(base.database).channels(day), EVERYTHING]
