"""What the app answered to a delivery, whichever way it went."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sandbox.model import Json


@dataclass(frozen=True)
class Reply:
    """`error` is empty where the app acknowledged in time, else Slack's retry reason.

    `body` is the JSON object it answered with (empty where none), `text` a plain-text answer.
    Source: docs.slack.dev/apis/events-api, "Retries" (http_timeout, http_error, connection_failed, ...).
    """

    error: str = ""
    body: Json | None = None
    text: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged."""
        return not self.error


def read_body(raw: bytes) -> Reply:
    """An acknowledgement's body: a JSON object, plain text, or nothing."""
    text = raw.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return Reply(text=text)
    return (
        Reply(body=value) if isinstance(value, dict) else Reply(text=value if isinstance(value, str) else "")
    )
