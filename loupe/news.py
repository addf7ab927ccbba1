"""Joins the news to the ledger: who writes it, who hears it, who carries it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from loupe import mail, slack
from loupe.carriers import CARRIERS
from loupe.ground import Ground, pulse
from loupe.sinks import sinks
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Misconfigured
from pipeline.news import MAIL, SLACK, Address, Draft, Piece, Sink, SinkKind
from pipeline.outbox import Carrier, Delivery
from pipeline.sending import Sender

LANES: Mapping[SinkKind, int] = {"webhook": 4, "zapier": 4, "ifttt": 4, "sns": 4}
"""How many deliveries to a sink of a kind may be under way at once, where that is not one."""
BUILT_IN: Mapping[str, Callable[[Ground], Carrier]] = {MAIL: mail.carrier}
"""Who carries what goes to an address without a row of settings, by the sink's name (``MAIL``)."""
SLACK_LANES = 3
"""Bulletins under way at once, so that one that waits for its channel or its chart keeps no other waiting."""


def sender(base: Ground) -> Sender:
    """Sends to everybody but Slack."""
    rows = [sink for sink in sinks(base.settings.sinks) if sink.kind in CARRIERS]
    carriers = {sink.name: CARRIERS[sink.kind](base.settings, sink) for sink in rows}
    return Sender(
        SqliteOutbox(base.database),
        carriers | {name: build(base) for name, build in BUILT_IN.items() if mail.where(base.settings)},
        rates={sink.name: sink.rate for sink in rows},
        lanes={sink.name: LANES.get(sink.kind, 1) for sink in rows},
        turned=pulse(base, "news"),
    )


def slack_sender(base: Ground) -> Sender:
    """Sends what goes out by the bot: digests, alarms, and sinks that are Slack channels."""
    rooms = [sink for sink in sinks(base.settings.sinks) if sink.kind == "slack"]
    carriers = {SLACK: slack.bulletins(base)} | {s.name: slack.bulletins(base, s.address) for s in rooms}
    return Sender(
        SqliteOutbox(base.database),
        carriers,
        rates={sink.name: sink.rate for sink in rooms},
        lanes={SLACK: SLACK_LANES},
    )


def try_out(base: Ground, sink: Sink, number: str) -> None:
    """Bring a piece of kind ``test`` to a sink at once. Raises what its carrier raises.

    ``number`` makes the piece another one than those of earlier tests.
    """
    words = f"A test of the sink {sink.name}. Nothing has happened."
    draft = Draft(f"test/{sink.name}/{number}", "test", f"test/{sink.name}", {"words": words})
    piece = Piece(draft.id, draft.kind, draft.subject, datetime.now(UTC), draft.data)
    delivery = Delivery(0, piece, Address(sink.name), "", attempts=1, born=piece.at.timestamp())
    if sink.kind == "slack":
        carrier: Carrier = slack.bulletins(base, sink.address)
    elif sink.kind in CARRIERS:
        carrier = CARRIERS[sink.kind](base.settings, sink)
    else:
        raise Misconfigured(f"Nothing here carries news to a sink of kind {sink.kind}.")
    carrier.carry(delivery, lambda progress: None)
