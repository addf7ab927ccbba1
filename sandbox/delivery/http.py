"""Deliveries by HTTP to the app's Request URL, signed.

Source: docs.slack.dev/apis/events-api/using-http-request-urls, /interactivity/handling-user-interaction.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Literal
from urllib.parse import urlencode

from sandbox.delivery.reply import Reply, read_body
from sandbox.delivery.signing import signed_headers
from sandbox.model import Json
from sandbox.outbound import send

Kind = Literal["events_api", "slash_commands", "interactive"]
POOL = 32


class Courier:
    """Carries signed requests; at most 32 at once, each for `seconds` at most."""

    def __init__(self, secret: str, seconds: float) -> None:
        self._secret = secret
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(POOL, thread_name_prefix="sandbox-courier")

    async def carry(self, url: str, kind: Kind, payload: Json, attempt: int, reason: str) -> Reply:
        """Deliver once and read the answer."""
        body, content_type = encode(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= {"Accept": "*/*"} | signed_headers(self._secret, body)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(self._pool, send, "POST", url, body, headers, self._seconds)
        try:
            answer = await asyncio.wait_for(job, self._seconds)
        except TimeoutError:
            return Reply(error="http_timeout")
        except (OSError, http.client.HTTPException, ValueError):  # ValueError: no address at all
            return Reply(error="connection_failed")
        if not 200 <= answer.status < 300:
            no_retry = answer.headers.get("x-slack-no-retry") == "1"
            return Reply(error="http_error", no_retry=no_retry)
        return read_body(answer.body)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def encode(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """A delivery's body and content type: JSON, `payload=`, or a command's fields."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"
