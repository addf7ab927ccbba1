"""Decides when, how often and which way a delivery goes, and keeps a journal of all of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any

from sandbox.config import SandboxConfig
from sandbox.delivery.http import Courier, Kind
from sandbox.delivery.reply import Reply
from sandbox.delivery.sockets import SocketHub
from sandbox.model import Json
from sandbox.switches import Switches

REORDER_SECONDS = 0.05


class PostOffice:
    """The way out to the app.

    An open Socket Mode connection takes everything; without one it goes to the Request URL. Events are
    tried 1 + len(retry_delays) times; commands and interactions once, as Slack does. `journal` holds the
    latest 5,000 attempts.
    """

    def __init__(self, config: SandboxConfig, switches: Switches) -> None:
        self.request_url = config.request_url
        self.hub = SocketHub(config.ack_seconds)
        self.journal: deque[Json] = deque(maxlen=5000)
        self._courier = Courier(config.signing_secret, config.ack_seconds)
        self._delays = config.retry_delays
        self._switches = switches
        self._held: list[Json] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> int:
        """Deliveries that are not settled yet."""
        return len(self._tasks) + len(self._held)

    def post_event(self, envelope: Json) -> None:
        """Send an event soon: with its copies, its delay and, where switched on, in the wrong order."""
        copies = [envelope] * (1 + self._switches.duplicates)
        if not self._switches.reorder:
            for copy in copies:
                self.spawn(self._event(copy))
            return
        if not self._held:
            self.spawn(self._release())
        self._held.extend(copies)

    async def _release(self) -> None:
        await asyncio.sleep(REORDER_SECONDS)
        held, self._held = self._held, []
        for envelope in reversed(held):
            self.spawn(self._event(envelope))
            await asyncio.sleep(0.005)

    async def _event(self, envelope: Json) -> None:
        await asyncio.sleep(self._switches.event_delay)
        reason = ""
        for attempt, delay in enumerate((0.0, *self._delays)):
            await asyncio.sleep(delay)
            reply = await self.ask("events_api", envelope, attempt, reason)
            if reply.ok and self._switches.drop_acks > 0:
                self._switches.drop_acks -= 1
                reply = Reply(error="http_timeout")
            if reply.ok or reply.no_retry:
                return
            reason = reply.error

    async def ask(self, kind: Kind, payload: Json, attempt: int = 0, reason: str = "") -> Reply:
        """Deliver once, by socket or by HTTP, and return what the app answered."""
        began = time.monotonic()
        if self.hub.connected:
            via, reply = "socket", await self.hub.deliver(kind, payload, attempt, reason)
        elif self.request_url:
            via, reply = "http", await self._courier.carry(self.request_url, kind, payload, attempt, reason)
        else:
            via, reply = "nowhere", Reply(error="connection_failed")
        ms = round((time.monotonic() - began) * 1000)
        self.journal.append(
            {
                "kind": kind,
                "via": via,
                "attempt": attempt,
                "event_id": payload.get("event_id", ""),
                "event": (payload.get("event") or payload).get("type", ""),
                "error": reply.error,
                "ms": ms,
            }
        )
        return reply

    async def verify(self, url: str) -> bool:
        """Slack's handshake with a new Request URL: it must answer the challenge.

        Source: docs.slack.dev/reference/events/url_verification.
        """
        challenge = f"challenge-{time.time_ns()}"
        payload = {"token": "sandbox", "challenge": challenge, "type": "url_verification"}
        reply = await self._courier.carry(url, "events_api", payload, 0, "")
        return challenge in (reply.text, (reply.body or {}).get("challenge"))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background, owned by the post office."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Drop what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._courier.close()
