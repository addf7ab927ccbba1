"""Messages that answer nobody: digests, alarms and news that a channel asked for."""

import time

from slack_sdk import WebClient

from bot.api import call
from bot.cards.blocks import TEXT, cut
from bot.cards.words import escape
from bot.refusals import Kind, Refusal
from pipeline.errors import Transient, Undeliverable
from pipeline.outbox import Delivery, Note
from pipeline.telling import headline, lines, link, told


class Bulletins:
    """``pipeline.outbox.Carrier`` for Slack channels: the one that a delivery names, else ``channel``."""

    def __init__(self, client: WebClient, channel: str = "") -> None:
        self._client, self._channel = client, channel

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        if "ts" in delivery.progress:
            return
        piece, channel = told(delivery), delivery.address.to or self._channel
        words = "\n".join(map(escape, [headline(piece), *lines(piece), *filter(None, [link(piece)])]))
        note({"posting": time.time()})
        try:
            answer = call(self._client.chat_postMessage, channel=channel, text=cut(words, TEXT))
        except Refusal as refusal:
            if refusal.kind in (Kind.NEVER, Kind.SHAPE):
                raise Undeliverable(refusal.words) from None
            raise Transient(refusal.words, refusal.retry_after) from None
        note({"ts": answer["ts"]})
