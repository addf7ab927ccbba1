"""Socket Mode: the connections an app has open, and envelopes to acknowledge.

Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.delivery.reply import Reply
from sandbox.model import Json
from sandbox.strict_json import read_json
from sandbox.workspace import APP

ACCEPTS_RESPONSE = {"slash_commands", "interactive"}


class SocketHub:
    """All open connections of the app (Slack allows 10); an envelope goes to one of them in turn."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def new_ticket(self) -> str:
        """A ticket for one connection, to be named in its address."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Greet a connection that has a ticket and listen to it until it closes."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(code=4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._open.append(socket)
        try:
            await socket.send_text(json.dumps(_hello(len(self._open))))
            while True:
                self._acknowledged(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):  # KeyError: bytes where Slack takes text only
            pass
        finally:
            self._drop(socket)

    def _drop(self, socket: WebSocket) -> None:
        with contextlib.suppress(ValueError):
            self._open.remove(socket)

    def _acknowledged(self, text: str) -> None:
        try:
            message = read_json(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        future, answer = self._waiting.get(str(message.get("envelope_id"))), message.get("payload")
        if future and not future.done():
            future.set_result(answer if isinstance(answer, dict) else {})

    async def deliver(self, kind: str, payload: Json, attempt: int, reason: str) -> Reply:
        """Send one envelope and wait for its acknowledgement."""
        envelope_id = str(uuid.uuid4())
        envelope: Json = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind in ACCEPTS_RESPONSE
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = future
        try:
            if not await self._send(json.dumps(envelope)):
                return Reply(error="connection_failed")
            answer = await asyncio.wait_for(future, self._seconds)
            return Reply(body=answer, text=str(answer.get("text", "")) if list(answer) == ["text"] else "")
        except TimeoutError:
            return Reply(error="timeout")
        finally:
            self._waiting.pop(envelope_id, None)

    async def _send(self, text: str) -> bool:
        while self._open:
            self._turn = (self._turn + 1) % len(self._open)
            socket = self._open[self._turn]
            try:
                await socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self._drop(socket)
            else:
                return True
        return False

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to go (`refresh_requested`, `warning`, `link_disabled`) and close it."""
        sockets = list(self._open)
        if reason != "warning":
            self._open.clear()
        for socket in sockets:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_text(
                    json.dumps({"type": "disconnect", "reason": reason, "debug_info": _debug()})
                )
                if reason != "warning":
                    await socket.close()
        return len(sockets)


def _debug() -> Json:
    return {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060}


def _hello(connections: int) -> Json:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": APP},
        "debug_info": _debug(),
    }
