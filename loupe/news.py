"""Joins the news to the ledger: who writes it, who hears it, who carries it."""

import time
from collections.abc import Callable, Mapping

from bot.api import client
from bot.bulletins import Bulletins
from loupe import slack
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.sinks import sinks
from pipeline import digest
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.webhook import WebhookCarrier
from pipeline.digest import Digest, Shelved
from pipeline.figures import EVERYTHING, Day, Scope, day_of
from pipeline.news import MAIL, SLACK, Address, Draft, Sink, SinkKind, addresses
from pipeline.outbox import Carrier
from pipeline.results import Failed
from pipeline.sending import Sender

PARKED_SHOWN = 5


def _webhook(base: Ground, sink: Sink) -> Carrier:
    return WebhookCarrier(sink, base.settings.site)


CARRIERS: Mapping[SinkKind, Callable[[Ground, Sink], Carrier]] = {
    "webhook": _webhook,
}
"""Who carries news to a sink of a kind. Sinks of kind ``slack`` are the bot's (``slack_sender``)."""
BUILT_IN: Mapping[str, Callable[[Ground], Carrier]] = {}
"""Who carries what goes to an address without a row of settings, by the sink's name (``MAIL``)."""


def sender(base: Ground) -> Sender:
    """Sends to everybody but Slack."""
    rows = sinks(base.settings.sinks)
    carriers = {sink.name: CARRIERS[sink.kind](base, sink) for sink in rows if sink.kind in CARRIERS}
    carriers |= {name: build(base) for name, build in BUILT_IN.items()}
    return Sender(SqliteOutbox(base.database), carriers)


def slack_sender(base: Ground) -> Sender:
    """Sends what goes out by the bot: digests, alarms, and sinks that are Slack channels."""
    api = client(slack.token(base.settings), base.settings.slack_api_url)
    rooms = {sink.name: sink.address for sink in sinks(base.settings.sinks) if sink.kind == "slack"}
    carriers = {name: Bulletins(api, room) for name, room in {SLACK: "", **rooms}.items()}
    return Sender(SqliteOutbox(base.database), carriers)


def digest_of(base: Ground, scope: Scope, day: Day) -> Digest:
    """What happened on a day, as people are told."""
    shelved = _shelved(base) if scope == EVERYTHING else []
    numbers = SqliteNumbers(base.database)
    return digest.digest(numbers, scope, day, shelved, with_towns=base.settings.digest_places)


def tell_digest(base: Ground, told: Digest, again: str = "") -> bool:
    """Write a digest down for all who hear it, once; ``again`` tells one that was asked for from others."""
    scope = told.scope
    key = digest.key(scope, told.figures.day) + (f"/{again}" if again else "")
    draft = Draft(key, "digest", key, digest.data(told), team=scope.team, channel=scope.channel)
    to = [Address(SLACK, channel) for channel in (scope.channel, base.settings.operators_channel) if channel]
    if scope == EVERYTHING:
        to += [Address(MAIL, mailbox) for mailbox in base.settings.mail_to]
    return newsroom(base).tell(draft, [*addresses(draft, sinks(base.settings.sinks)), *to[:1]])


def today(base: Ground) -> Day:
    """The day that it is where this installation is."""
    return day_of(time.time(), base.settings.timezone)


def _shelved(base: Ground) -> list[Shelved]:
    found = []
    for row in base.catalog.parked(PARKED_SHOWN):
        listed = base.catalog.find(row.image)
        if listed and isinstance(row.result, Failed):
            found.append(Shelved(row.image, listed.short, row.actor, row.result.reason))
    return found
