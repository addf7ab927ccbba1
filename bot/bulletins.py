"""Messages that answer nobody: digests, alarms and news that a channel asked for."""

import time

from slack_sdk import WebClient

from bot.api import call
from bot.cards.blocks import TEXT, cut
from bot.cards.words import escape
from bot.refusals import Kind, Refusal
from pipeline.errors import Transient, Undeliverable
from pipeline.outbox import Delivery, Note


class Bulletins:
    """``pipeline.outbox.Carrier`` for Slack channels."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        if "ts" in delivery.progress:
            return
        data = delivery.piece.data
        words = "\n".join(map(escape, [str(data.get("headline")), *data.get("lines", ())]))
        note({"posting": time.time()})
        try:
            answer = call(self._client.chat_postMessage, channel=delivery.address.to, text=cut(words, TEXT))
        except Refusal as refusal:
            if refusal.kind in (Kind.NEVER, Kind.SHAPE):
                raise Undeliverable(refusal.words) from None
            raise Transient(refusal.words, refusal.retry_after) from None
        note({"ts": answer["ts"]})
