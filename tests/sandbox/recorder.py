"""An app's Request URL that writes down what it is sent and answers what a test tells it to."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Answer = Callable[["Delivery"], Response]


@dataclass(frozen=True)
class Delivery:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def payload(self) -> Any:
        """The event's envelope, or an interaction's payload."""
        if self.headers["content-type"].startswith("application/json"):
            return json.loads(self.body)
        return json.loads(self.form["payload"])


def acknowledge(delivery: Delivery) -> Response:
    return Response()


@dataclass
class Recorder:
    url: str = ""
    seen: list[Delivery] = field(default_factory=list)
    answer: Answer = acknowledge

    async def take(self, request: Request) -> Response:
        delivery = Delivery(dict(request.headers), await request.body(), time.monotonic())
        if delivery.headers["content-type"].startswith("application/json"):
            body = json.loads(delivery.body)
            if body.get("type") == "url_verification":
                return JSONResponse({"challenge": body["challenge"]})
        self.seen.append(delivery)
        return self.answer(delivery)

    def events(self, kind: str) -> list[dict[str, Any]]:
        found = [
            d.payload["event"] for d in self.seen if d.headers["content-type"].startswith("application/json")
        ]
        return [event for event in found if event["type"] == kind]

    def wait(self, count: int, seconds: float = 10.0) -> list[Delivery]:
        until = time.monotonic() + seconds
        while len(self.seen) < count:
            assert time.monotonic() < until, f"{len(self.seen)} of {count} deliveries came"
            time.sleep(0.01)
        return self.seen


@contextlib.contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Any ASGI app on a free loopback port; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextlib.contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()
    app = Starlette(routes=[Route("/slack/events", recorder.take, methods=["POST"])])
    with serving(app) as url:
        recorder.url = f"{url}/slack/events"
        yield recorder


def of_kind(recorder: Recorder, kind: str, subtype: str = "") -> list[dict[str, Any]]:
    return [event for event in recorder.events(kind) if event.get("subtype", "") == subtype]
