"""Where Slack's requests arrive on AWS: the event of a function URL in, its answer out.

Only what Slack signed is looked at. Events are put into a queue and answered at once; whatever a person waits
for (commands, buttons, forms, suggestions) is answered by the app right here. docs/decisions/0024.

Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format 2.0: names of headers in
lower case, a body that may be base64).
"""

import base64
import binascii
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.signed import is_signed, signature
from pipeline.errors import LoupeError

Json = dict[str, Any]
Answer = tuple[int, Mapping[str, str], str]
"""Status, headers, body."""
Dispatch = Callable[[bytes, Mapping[str, str]], Answer]
"""The app's answer to a request that Slack signed."""
LARGEST = 250_000
"""Bytes of a queued request; every queue of SQS takes 256 KiB. Larger ones are handled right here."""
KEPT = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")
log = logging.getLogger("loupe.slack")


class Seen(Protocol):
    """Remembers what came in, for a while."""

    def knows(self, key: str) -> bool:
        """Was it kept before?"""

    def keep(self, key: str) -> bool:
        """Remember it; False when it was remembered before."""


@dataclass(frozen=True, slots=True)
class Front:
    """What it takes to answer Slack."""

    secret: str = field(repr=False)
    """The signing secret; without one nothing is believed."""
    seen: Seen
    enqueue: Callable[[str], None]
    dispatch: Dispatch
    clock: Callable[[], float] = time.time

    def receive(self, event: Mapping[str, Any]) -> Json:
        """Answer one event of the function URL."""
        if event.get("requestContext", {}).get("http", {}).get("method") != "POST":
            return answer(200)  # Slack looks now and then, with ?ssl_check=1, whether somebody is there
        headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        body = body_of(event)
        if body is None or not is_signed(self.secret, headers, body, self.clock()):
            return answer(401, "not signed by Slack")
        told = _told(body)
        if told.get("type") == "url_verification":
            return answer(200, json.dumps({"challenge": told.get("challenge")}), _JSON)
        if told.get("type") == "event_callback" and (parcel := packed(body, headers)):
            return self._taken(str(told.get("event_id") or ""), parcel)
        status, given, text = self.dispatch(body, headers)
        return answer(status, text, given)

    def _taken(self, key: str, parcel: str) -> Json:
        """In the queue first, and remembered after that: who dies in between gets it twice, never not at all.

        Taking a delivery twice changes nothing.
        """
        try:
            if key and self.seen.knows(key):
                log.info("a repeated delivery was dropped", extra={"event_id": key})
                return answer(200)
            self.enqueue(parcel)
            if key:
                self.seen.keep(key)
        except LoupeError as fault:
            log.error("A delivery could not be taken: %s", fault.words)
            return answer(503)
        return answer(200)


_JSON = {"content-type": "application/json"}


def answer(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Json:
    """The answer of a function URL."""
    return {"statusCode": status, "headers": dict(headers or {}), "body": body}


def body_of(event: Mapping[str, Any]) -> bytes | None:
    """The bytes that were sent; None where they cannot be read."""
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError, AttributeError, TypeError):
        return None


def packed(body: bytes, headers: Mapping[str, str]) -> str | None:
    """A request as a message of the queue; None where it is too large or no text."""
    try:
        kept = {name: headers[name] for name in KEPT if name in headers}
        parcel = json.dumps({"body": body.decode(), "headers": kept}, ensure_ascii=False)
    except UnicodeDecodeError:
        return None
    return parcel if len(parcel.encode()) <= LARGEST else None


def unpacked(parcel: str, secret: str, now: float) -> tuple[bytes, dict[str, str]]:
    """The request of a message, signed anew: the app believes nothing older than five minutes.

    Whoever may write into the queue was believed before. Raises ``ValueError`` for what is no such message.
    """
    try:
        found = json.loads(parcel)
        body, headers = found["body"].encode(), dict(found["headers"])
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("This message holds no request of Slack.") from fault
    stamp = str(int(now))
    signed = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(secret, stamp, body)}
    return body, headers | signed


def _told(body: bytes) -> Mapping[str, Any]:
    """What a JSON body says; nothing for a form."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
