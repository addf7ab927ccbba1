"""A Nominatim on loopback: answers /reverse as the real one does, and misbehaves on demand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SOFIA = {
    "place_id": 1,
    "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
    "lat": "42.65685",
    "lon": "23.39124",
    "display_name": "Бул. Цар Освободител, Младост, София, Bulgaria",
    "address": {
        "road": "Tsar Osvoboditel",
        "suburb": "Mladost",
        "city": "Sofia",
        "state": "Sofia City",
        "country": "Bulgaria",
        "country_code": "bg",
    },
}
NOTHING = {"error": "Unable to geocode"}


@dataclass
class NominatimServer:
    """What it will answer, and what it was asked."""

    domain: str = ""
    status: int = 200
    body: bytes = json.dumps(SOFIA).encode()
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def answer(self, body: object, status: int = 200, **headers: str) -> None:
        """Give this answer from now on; words in a header's name are joined by hyphens."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def serving() -> Iterator[NominatimServer]:
    """A server on a free port of loopback."""
    state = NominatimServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.moments.append(time.monotonic())
            query = parse_qs(urlsplit(self.path).query)
            state.asked.append({name: values[0] for name, values in query.items()})
            state.agents.add(self.headers["User-Agent"])
            time.sleep(state.delay)
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.domain = f"127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
