"""A webhook on loopback that takes what is posted, or misbehaves in every way that a test wants."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    """What the webhook answers."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    wait: float = 0.0
    """Seconds before it answers."""
    drip: float = 0.0
    """Seconds between two bytes of the answer."""
    hang_up: bool = False
    """Close the connection instead of answering."""
    close: bool = False
    """Close the connection after the answer, without having said so."""


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the piece."""
        return self.headers["webhook-id"]


Answer = Callable[[Heard], Reply]


def takes(heard: Heard) -> Reply:
    """All is taken."""
    return Reply()


@dataclass
class Hook:
    """A running webhook."""

    url: str = ""
    answer: Answer = takes
    heard: list[Heard] = field(default_factory=list)
    taken: list[Heard] = field(default_factory=list)
    """What was answered with 2xx."""
    connections: int = 0

    def ids(self) -> list[str]:
        """Ids of what was taken, in order."""
        return [each.id for each in self.taken]


@contextmanager
def hook(answer: Answer = takes, context: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A webhook on a free port of loopback; ``context``: with TLS."""
    state = Hook(answer=answer)
    server = _server(state, context)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scheme = "https" if context else "http"
    state.url = f"{scheme}://localhost:{server.server_port}/hook/secret-part"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(ThreadingHTTPServer):
    """Says nothing about callers who hang up or whom it cannot prove itself to."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet."""


def _secured(request: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    secured = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
    try:
        secured.do_handshake()
    except OSError:
        secured.close()
        raise
    return secured


def _server(state: Hook, context: ssl.SSLContext | None) -> ThreadingHTTPServer:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1
        timeout = 20

        def setup(self) -> None:
            if context:
                self.request = _secured(self.request, context)
            super().setup()
            with lock:
                state.connections += 1

        def finish(self) -> None:
            try:
                super().finish()
            finally:
                if context:
                    self.request.close()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heard = Heard(self.path, {n.lower(): v for n, v in self.headers.items()}, body)
            with lock:
                state.heard.append(heard)
                reply = state.answer(heard)
            time.sleep(reply.wait)
            if reply.hang_up:
                self.close_connection = True
                return
            if 200 <= reply.status < 300:
                with lock:
                    state.taken.append(heard)
            self.say(reply)

        def do_GET(self) -> None:
            self.do_POST()

        def say(self, reply: Reply) -> None:
            lines = [f"HTTP/1.1 {reply.status} Said", *(f"{n}: {v}" for n, v in reply.headers.items())]
            lines.append(f"Content-Length: {len(reply.body)}")
            text = ("\r\n".join(lines) + "\r\n\r\n").encode() + reply.body
            self.close_connection = self.close_connection or reply.close
            for piece in [text[n : n + 1] for n in range(len(text))] if reply.drip else [text]:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(reply.drip)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Quiet(("127.0.0.1", 0), Handler)
