"""What is posted to the address of a sink: the request, made of a piece and of the sink's settings. Pure.

Sources: Standard Webhooks 1.0 (webhook-id, webhook-timestamp, webhook-signature "v1,..."), Zapier's "Catch
Hook", IFTTT's Webhooks service (/trigger/EVENT/with/key/KEY).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from standardwebhooks import Webhook

from pipeline.events import event, flat, packed, values
from pipeline.news import Piece, Sink

IFTTT = "https://maker.ifttt.com/trigger"
GIVEN = "whsec_"
"""A secret that begins like this is base64, as Standard Webhooks wants it; others are taken as they are."""
JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Post:
    """One request."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes


Form = Callable[[Piece], Post]


def signed(sink: Sink, source: str) -> Form:
    """A CloudEvent, signed with each of the secrets that the sink names with spaces between them."""
    signers = [_signer(secret) for secret in sink.secret.split()]

    def write(piece: Piece) -> Post:
        body, now = packed(event(piece, source)), datetime.now(UTC)
        headers = {
            "content-type": "application/cloudevents+json",
            "webhook-id": piece.id,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if signers:
            headers["webhook-signature"] = " ".join(each.sign(piece.id, now, body) for each in signers)
        return Post(sink.address, headers, body.encode())

    return write


def zapier(sink: Sink) -> Form:
    """Flat JSON."""
    return lambda piece: Post(sink.address, JSON, packed(flat(piece)).encode())


def ifttt(sink: Sink) -> Form:
    """Three values for an event; the address is its name, or begins with another host."""
    start = sink.address if "://" in sink.address else f"{IFTTT}/{quote(sink.address, safe='')}"
    url = f"{start.rstrip('/')}/with/key/{quote(sink.secret, safe='')}"
    return lambda piece: Post(url, JSON, packed(values(piece)).encode())


def _signer(secret: str) -> Webhook:
    return Webhook(secret if secret.startswith(GIVEN) else secret.encode())
