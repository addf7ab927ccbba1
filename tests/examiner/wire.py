"""The examiner's Slack on the wire: HTTP requests in, JSON, files and broken connections out."""

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.examiner.serving import serve

Json = dict[str, Any]
TOKEN = "xoxb-examiner"


def handler(slack: Any) -> type[BaseHTTPRequestHandler]:
    """What the servers do with a request: a method, a file, or an answer to a response_url."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path.startswith("/api/"):
                self._call(path.path[5:], dict(parse_qsl(path.query)))
            else:
                serve(slack, self, path.path)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            path = urlsplit(self.path).path
            given = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
            if path.startswith("/respond/"):
                slack.said[path].append(given)
                slack.check(given)
                self.send({"ok": True})
            else:
                self._call(path.removeprefix("/api/"), given)

        def _call(self, method: str, given: Json) -> None:
            if TOKEN not in (
                self.headers.get("authorization", "").removeprefix("Bearer "),
                given.get("token"),
            ):
                self.send({"ok": False, "error": "not_authed"})
                return
            found, trick = slack.answer(method, given)
            if trick.cut:
                self.cut()
            elif trick.status >= 500:
                self.send("<html>oops</html>", trick.status)
            else:
                after = {"Retry-After": trick.retry_after} if trick.retry_after else {}
                self.send(found, trick.status, **after)

        def cut(self) -> None:
            """A reset, as a load balancer does it."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def send(self, body: Json | str, status: int = 200, **headers: str) -> None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            kind = "text/html; charset=utf-8" if isinstance(body, str) else "application/json; charset=utf-8"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler
