"""Joins the news to the ledger: who writes it, who hears it, who carries it."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from bot.api import client
from bot.bulletins import Bulletins
from loupe import slack
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.sinks import sinks
from pipeline import digest
from pipeline.adapters import hook_forms
from pipeline.adapters.guarded_http import GuardedHttp
from pipeline.adapters.sns import SnsCarrier
from pipeline.adapters.sqlite_cases import SqliteCases
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.webhook import HttpCarrier
from pipeline.digest import Digest
from pipeline.errors import Misconfigured
from pipeline.figures import EVERYTHING, Day, Scope, day_of
from pipeline.news import MAIL, SLACK, Address, Draft, Piece, Sink, SinkKind, addresses
from pipeline.outbox import Carrier, Delivery
from pipeline.sending import Sender


@cache
def http(named: tuple[str, ...]) -> GuardedHttp:
    """The one way out, for all who share it. ``named``: LOUPE_NEWS_HOSTS."""
    return GuardedHttp(named)


def _webhook(base: Ground, sink: Sink) -> Carrier:
    return HttpCarrier(http(base.settings.news_hosts), hook_forms.signed(sink, base.settings.site))


def _zapier(base: Ground, sink: Sink) -> Carrier:
    return HttpCarrier(http(base.settings.news_hosts), hook_forms.zapier(sink))


def _ifttt(base: Ground, sink: Sink) -> Carrier:
    return HttpCarrier(http(base.settings.news_hosts), hook_forms.ifttt(sink))


def _sns(base: Ground, sink: Sink) -> Carrier:
    return SnsCarrier(sink, base.settings.site)


CARRIERS: Mapping[SinkKind, Callable[[Ground, Sink], Carrier]] = {
    "webhook": _webhook,
    "zapier": _zapier,
    "ifttt": _ifttt,
    "sns": _sns,
}
"""Who carries news to a sink of a kind. Sinks of kind ``slack`` are the bot's (``slack_sender``)."""
LANES: Mapping[SinkKind, int] = {"webhook": 4, "zapier": 4, "ifttt": 4, "sns": 4}
"""How many deliveries to a sink of a kind may be under way at once, where that is not one."""
BUILT_IN: Mapping[str, Callable[[Ground], Carrier]] = {}
"""Who carries what goes to an address without a row of settings, by the sink's name (``MAIL``)."""


def sender(base: Ground) -> Sender:
    """Sends to everybody but Slack."""
    rows = [sink for sink in sinks(base.settings.sinks) if sink.kind in CARRIERS]
    carriers = {sink.name: CARRIERS[sink.kind](base, sink) for sink in rows}
    return Sender(
        SqliteOutbox(base.database),
        carriers | {name: build(base) for name, build in BUILT_IN.items()},
        rates={sink.name: sink.rate for sink in rows},
        lanes={sink.name: LANES.get(sink.kind, 1) for sink in rows},
    )


def slack_sender(base: Ground) -> Sender:
    """Sends what goes out by the bot: digests, alarms, and sinks that are Slack channels."""
    api = client(slack.token(base.settings), base.settings.slack_api_url)
    rooms = [sink for sink in sinks(base.settings.sinks) if sink.kind == "slack"]
    carriers = {SLACK: Bulletins(api)} | {sink.name: Bulletins(api, sink.address) for sink in rooms}
    return Sender(SqliteOutbox(base.database), carriers, rates={sink.name: sink.rate for sink in rooms})


def try_out(base: Ground, sink: Sink, number: str) -> None:
    """Bring a piece of kind ``test`` to a sink at once. Raises what its carrier raises.

    ``number`` makes the piece another one than those of earlier tests.
    """
    words = f"A test of the sink {sink.name}. Nothing has happened."
    draft = Draft(f"test/{sink.name}/{number}", "test", f"test/{sink.name}", {"words": words})
    piece = Piece(draft.id, draft.kind, draft.subject, datetime.now(UTC), draft.data)
    delivery = Delivery(0, piece, Address(sink.name), "", attempts=1, born=piece.at.timestamp())
    if sink.kind == "slack":
        carrier: Carrier = slack_sender(base).carriers[sink.name]
    elif sink.kind in CARRIERS:
        carrier = CARRIERS[sink.kind](base, sink)
    else:
        raise Misconfigured(f"Nothing here carries news to a sink of kind {sink.kind}.")
    carrier.carry(delivery, lambda progress: None)


def digest_of(base: Ground, scope: Scope, day: Day) -> Digest:
    """What happened on a day, as people are told."""
    numbers, cases = SqliteNumbers(base.database), SqliteCases(base.database).of(scope, day)
    return digest.digest(numbers, scope, day, cases, with_towns=base.settings.digest_places)


def tell_digest(base: Ground, told: Digest, again: str = "") -> bool:
    """Write a digest down for all who hear it, once; ``again`` tells one that was asked for from others."""
    scope = told.scope
    key = digest.key(scope, told.figures.day) + (f"/{again}" if again else "")
    private = told.cases.private
    draft = Draft(
        key, "digest", key, digest.data(told), team=scope.team, channel=scope.channel, private=private
    )
    return newsroom(base).tell(draft, [*addresses(draft, sinks(base.settings.sinks)), *hearers(base, scope)])


def hearers(base: Ground, scope: Scope) -> list[Address]:
    """Who hears a digest without having asked for it as a sink: its channel, or the operators."""
    if scope != EVERYTHING:
        return [Address(SLACK, scope.channel)]
    channel = base.settings.operators_channel
    mailboxes = [Address(MAIL, mailbox) for mailbox in base.settings.mail_to]
    return [*([Address(SLACK, channel)] if channel else []), *mailboxes]


def today(base: Ground) -> Day:
    """The day that it is where this installation is."""
    return day_of(time.time(), base.settings.timezone)
