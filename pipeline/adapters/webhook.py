"""Sends news to a webhook, signed by Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
from datetime import UTC, datetime

import requests
from standardwebhooks import Webhook

from pipeline.errors import Transient
from pipeline.events import event, packed
from pipeline.news import Sink
from pipeline.outbox import Delivery, Note
from pipeline.telling import told

SECONDS = (5, 15)
"""To connect, and for the answer."""


class WebhookCarrier:
    """``pipeline.outbox.Carrier`` for one sink."""

    def __init__(self, sink: Sink, source: str) -> None:
        self._sink, self._source = sink, source
        self._session = requests.Session()
        self._session.trust_env = False

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        piece = told(delivery)
        body = packed(event(piece, self._source))
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/cloudevents+json",
            "webhook-id": piece.id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self._sink.secret:
            signer = Webhook(base64.b64encode(self._sink.secret.encode()).decode())
            headers["webhook-signature"] = signer.sign(piece.id, now, body)
        try:
            answer = self._session.post(
                self._sink.address, body.encode(), headers=headers, timeout=SECONDS, allow_redirects=False
            )
        except requests.RequestException as fault:
            raise Transient(f"No answer ({type(fault).__name__}).") from None
        if not 200 <= answer.status_code < 300:
            raise Transient(f"The answer was {answer.status_code}.")
