"""How the examiner's Slack hands out a file: well, or in one of the ways in which servers go wrong."""

import gzip
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

LOGIN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"


def serve(slack: Any, request: BaseHTTPRequestHandler, path: str) -> None:
    """Answer one download; the first way that is left for the file, and the last one for good."""
    id = path.split("-")[-1].partition("/")[0] if path.startswith("/files-pri/") else path.rpartition("/")[2]
    with slack.lock:
        left = slack.served[id]
        way = (left.popleft() if len(left) > 1 else left[0]) if left else "well"
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    data: bytes | None = slack.bytes.get(id)
    if path.startswith("/elsewhere/"):
        slack.leaks += [path] * bool(token)
        answer(request, 200, data or b"")
    elif path.startswith("/login") or token != "xoxb-examiner":
        answer(request, 200, LOGIN.encode(), "text/html; charset=utf-8")
    elif data is None:
        answer(request, 404, b"not found", "text/plain")
    elif path.startswith("/moved/"):
        answer(request, 200, data)
    elif way.isdigit():
        answer(request, int(way), b"no", "text/plain", **{"Retry-After": "1"})
    else:
        WAYS[way](slack, request, id, data)


def answer(
    request: BaseHTTPRequestHandler, status: int, data: bytes, kind: str = "image/jpeg", **headers: str
) -> None:
    request.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(data)


def _well(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    answer(request, 200, data)


def _html(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    answer(request, 200, LOGIN.encode(), "text/html; charset=utf-8")


def _disguised(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    answer(request, 200, LOGIN.encode())


def _untyped(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    answer(request, 200, data, "application/octet-stream")


def _to(place: str) -> Callable[[Any, BaseHTTPRequestHandler, str, bytes], None]:
    def go(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
        answer(request, 302, b"", "text/html", Location=place.format(id=id, other=slack.files_port))

    return go


def _gzip(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    answer(request, 200, gzip.compress(data), "image/jpeg", **{"Content-Encoding": "gzip"})


def _chunked(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "image/jpeg")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for start in range(0, len(data), 1000):
        piece = data[start : start + 1000]
        request.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    request.wfile.write(b"0\r\n\r\n")


def _short(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data[: len(data) // 2])
    request.close_connection = True


def _unmeasured(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    request.wfile.write(data)
    request.close_connection = True


def _slow(slack: Any, request: BaseHTTPRequestHandler, id: str, data: bytes) -> None:
    time.sleep(7)
    answer(request, 200, data)


WAYS = {
    "well": _well,
    "html": _html,
    "disguised": _disguised,
    "untyped": _untyped,
    "login": _to("https://examiner.slack.com/?redir=%2Ffiles-pri%2F{id}"),
    "login here": _to("/login?redir={id}"),
    "nowhere": _to(""),
    "relative": _to("../../moved/{id}"),
    "elsewhere": _to("http://localhost:{other}/elsewhere/{id}"),
    "gzip": _gzip,
    "chunked": _chunked,
    "short": _short,
    "unmeasured": _unmeasured,
    "slow": _slow,
}
"""What a file's downloads do; a number is a status."""
