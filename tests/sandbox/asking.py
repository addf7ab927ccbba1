"""Calls of the Web API without a client library: any method, any arguments, any token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig
from sandbox.room import Room

Json = dict[str, Any]
BOT, USER, APP = "xoxb-sandbox-bot", "xoxp-sandbox-admin", "xapp-sandbox-app"
ADDRESS = "http://127.0.0.1:8081"


class Desk:
    """A sandbox in this process, asked without a socket: quick enough for thousands of calls."""

    def __init__(self, client: TestClient, room: Room) -> None:
        self.client, self.room = client, room

    def ask(self, method: str, arguments: Json | None = None, token: str = BOT) -> Json:
        """The answer of one call with a JSON body; it must be HTTP 200, or 429."""
        return self.send(method, json.dumps(arguments or {}).encode(), token)

    def send(self, method: str, body: bytes, token: str = BOT, kind: str = "application/json") -> Json:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = self.client.post(f"/api/{method}", content=body, headers=headers)
        assert answer.status_code in (200, 429), answer.text
        found: Json = answer.json()
        return found

    def control(self, name: str, body: Any) -> tuple[int, Json]:
        """Status and answer of a control call."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.client.post(f"/sandbox/{name}", content=content)
        return answer.status_code, answer.json()

    def post(self, text: str = "hello", channel: str = "C0PICTURES") -> str:
        """The ts of a message of the bot's."""
        answer = self.ask("chat.postMessage", {"channel": channel, "text": text})
        assert answer["ok"], answer
        return str(answer["ts"])


@contextmanager
def desk(**config: Any) -> Iterator[Desk]:
    """A desk for as long as the block lasts; limits of rate are off unless asked for."""
    app = create_app(SandboxConfig(**{"enforce_rates": False, "share_seconds": 0.0} | config))
    with TestClient(app, base_url=ADDRESS) as client:
        yield Desk(client, app.state.room)
