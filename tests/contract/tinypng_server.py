"""A TinyPNG on loopback: counts compressions as the real one does, and misbehaves on demand."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "a-key-for-tests"
SMALLER = b"\x89PNG smaller"


@dataclass
class TinyPngServer:
    """What it knows, what it will answer, what it was asked."""

    address: str = ""
    count: int = 0
    limit: int = 500
    status: int = 0
    """Answer this instead, where not 0."""
    elsewhere: str = ""
    """Say that the answer lies there."""
    body: bytes = SMALLER
    echo: bool = False
    """Send back what was sent instead."""
    sent: bytes = b""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


@contextmanager
def serving() -> Iterator[TinyPngServer]:
    """A server on a free port of loopback."""
    state = TinyPngServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.heard()
            if state.status:
                self.say(state.status, b"{}")
            elif self.given != base64.b64encode(f"api:{KEY}".encode()).decode():
                self.say(401, json.dumps({"error": "Unauthorized"}).encode())
            elif self.path == "/shrink" and not self.sent:
                self.say(400, json.dumps({"error": "InputMissing"}).encode())
            elif state.count >= state.limit:
                self.say(429, json.dumps({"error": "TooManyRequests"}).encode())
            else:
                state.count += 1
                state.sent = self.sent
                place = state.elsewhere or f"{state.address}/output/1"
                if self.path == "/shrink":
                    self.say(201, json.dumps({"output": {"size": len(state.body)}}).encode(), Location=place)
                else:
                    self.say(200, b"converted to " + json.loads(self.sent)["convert"]["type"].encode())

        def do_GET(self) -> None:
            self.heard()
            self.say(200, state.sent if state.echo else state.body)

        def heard(self) -> None:
            self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.given = (self.headers.get("Authorization") or "").removeprefix("Basic ")
            state.asked.append((self.command, self.path, self.sent))
            state.keys.add(base64.b64decode(self.given).decode())

        def say(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Compression-Count", str(state.count))
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
