"""Makes digests of this installation, and writes them down for those who hear them."""

import time
from dataclasses import replace

from loupe import mail, operators
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.sinks import sinks
from pipeline import digest
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.digest import Digest
from pipeline.figures import EVERYTHING, Day, Scope, day_of
from pipeline.news import SLACK, Address, Draft, addresses


def digest_of(base: Ground, scope: Scope, day: Day) -> Digest:
    """What happened on a day, as people are told."""
    numbers, cases = SqliteNumbers(base.database), SqliteCases(base.database).of(scope, day)
    told = digest.digest(numbers, scope, day, cases, with_towns=base.settings.digest_places)
    return replace(told, so_far=time.time() < day.end)


def tell_digest(base: Ground, told: Digest, again: str = "") -> bool:
    """Write a digest down for all who hear it, once; ``again`` tells one that was asked for from others."""
    piece = draft(told, again)
    return newsroom(base).tell(piece, hearers(base, piece))


def draft(told: Digest, again: str = "") -> Draft:
    """A digest before it is written down."""
    key = digest.key(told.scope, told.figures.day) + (f"/{again}" if again else "")
    return _draft(told, key, key)


def tell_now(base: Ground, told: Digest, last: float | None) -> bool:
    """Write a digest down that was asked for in its channel, once after the ``last`` one was."""
    scope = told.scope
    key = f"{digest.key(scope, told.figures.day)}/now/{last or 0:.3f}"
    piece = _draft(told, key, digest.asked_for(scope.team, scope.channel))
    return newsroom(base).tell(piece, [Address(SLACK, scope.channel)])


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


def _draft(told: Digest, key: str, subject: str) -> Draft:
    team, channel = told.scope.team, told.scope.channel
    data, private = digest.data(told), told.cases.private
    return Draft(key, "digest", subject, data, team=team, channel=channel, private=private)
