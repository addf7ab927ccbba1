"""Joins the news to the ledger: who writes it, who hears it, who carries it."""

from collections.abc import Callable, Mapping

from loupe import slack
from loupe.digests import digest_of as digest_of
from loupe.digests import tell_digest as tell_digest
from loupe.ground import Ground, pulse
from loupe.sinks import sinks
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.webhook import WebhookCarrier
from pipeline.news import SLACK, Sink, SinkKind
from pipeline.outbox import Carrier
from pipeline.sending import Sender


def _webhook(base: Ground, sink: Sink) -> Carrier:
    return WebhookCarrier(sink, base.settings.site)


CARRIERS: Mapping[SinkKind, Callable[[Ground, Sink], Carrier]] = {
    "webhook": _webhook,
}
"""Who carries news to a sink of a kind. Sinks of kind ``slack`` are the bot's (``slack_sender``)."""
BUILT_IN: Mapping[str, Callable[[Ground], Carrier]] = {}
"""Who carries what goes to an address without a row of settings, by the sink's name (``MAIL``)."""
SLACK_LANES = 3
"""Bulletins under way at once, so that one that waits for its channel or its chart keeps no other waiting."""


def sender(base: Ground) -> Sender:
    """Sends to everybody but Slack."""
    rows = sinks(base.settings.sinks)
    carriers = {sink.name: CARRIERS[sink.kind](base, sink) for sink in rows if sink.kind in CARRIERS}
    carriers |= {name: build(base) for name, build in BUILT_IN.items()}
    return Sender(SqliteOutbox(base.database), carriers, turned=pulse(base, "news"))


def slack_sender(base: Ground) -> Sender:
    """Sends what goes out by the bot: digests, alarms, and sinks that are Slack channels."""
    rooms = {sink.name: sink.address for sink in sinks(base.settings.sinks) if sink.kind == "slack"}
    carriers = {name: slack.bulletins(base, room) for name, room in {SLACK: "", **rooms}.items()}
    return Sender(SqliteOutbox(base.database), carriers, lanes={SLACK: SLACK_LANES})
