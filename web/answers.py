"""Answers over HTTP that carry bytes: whole, in part, or not at all when the asker has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import Send

from web.conditions import same, stamp, verdict
from web.ranges import Unsatisfiable, chosen

CHUNK = 256 << 10
"""Bytes that are read, and may wait for a slow reader, at a time."""
ABOUT_BYTES = ("content-type", "content-disposition", "content-language")
"""Headers that an answer without those bytes goes without."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that can be asked for, and what is to be said of them. Closed by the answer that it becomes."""

    stream: BinaryIO
    size: int
    etag: str
    """Strong, with its quotes."""
    modified: datetime | None
    """In whole seconds."""
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``stream`` is read from where it stands, ``length`` bytes of it, and closed."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: BinaryIO | None = None
    length: int = 0

    async def send(self, send: Send) -> None:
        """Send it in pieces: a slow reader holds up one piece in memory, not a file."""
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        try:
            await send({"type": "http.response.start", "status": self.status, "headers": headers})
            left = self.length
            while self.stream and left:
                piece = await to_thread.run_sync(self.stream.read, min(CHUNK, left))
                left -= len(piece) or left
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
            if not self.length:
                await send({"type": "http.response.body", "body": b""})
        finally:
            if self.stream:
                self.stream.close()


def answered(content: Content, method: str, asked: Headers) -> Answer:
    """The answer to a GET or HEAD for this content: 200, 206, 304, 412 or 416."""
    dated = {"last-modified": stamp(content.modified)} if content.modified else {}
    headers = {**content.headers, "etag": content.etag, **dated, "accept-ranges": "bytes"}
    status = verdict(asked, content.etag, content.modified)
    if status != 200:
        return _bare(content, status, headers)
    try:
        part = _part(content, asked) if method == "GET" else None
    except Unsatisfiable:
        size = {"content-range": f"bytes */{content.size}", "content-length": "0"}
        return _bare(content, 416, {**headers, **size, "cache-control": "no-store"})
    begin, end = part or (0, content.size)
    headers["content-length"] = str(end - begin)
    if part:
        headers["content-range"] = f"bytes {begin}-{end - 1}/{content.size}"
    if method == "HEAD":
        content.stream.close()
        return Answer(200, headers)
    content.stream.seek(begin)
    return Answer(206 if part else 200, headers, content.stream, end - begin)


def _part(content: Content, asked: Headers) -> tuple[int, int] | None:
    header = ", ".join(asked.getlist("range"))
    if not header or not same(asked, content.etag, content.modified):
        return None
    return chosen(header, content.size)


def _bare(content: Content, status: int, headers: dict[str, str]) -> Answer:
    content.stream.close()
    kept = {name: value for name, value in headers.items() if name not in ABOUT_BYTES}
    return Answer(status, kept)
