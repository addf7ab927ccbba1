"""Originals, for their owners alone: as a file to keep, which no browser takes for a page or a program.

Headers: RFC 6266 and RFC 8187 (the file's name), the Fetch standard's ``nosniff`` (no image is a script),
Content-Security-Policy Level 3 (``sandbox``: what is opened all the same can do nothing).
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.answers import Answer, Content, answered

TYPES = {
    "JPEG": ("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "MPO": ("image/jpeg", ("jpg", "jpeg", "mpo")),
    "PNG": ("image/png", ("png",)),
    "GIF": ("image/gif", ("gif",)),
    "WEBP": ("image/webp", ("webp",)),
    "AVIF": ("image/avif", ("avif",)),
    "HEIF": ("image/heif", ("heic", "heif", "hif")),
    "TIFF": ("image/tiff", ("tif", "tiff")),
    "BMP": ("image/bmp", ("bmp", "dib")),
}
"""By format as it was read from the bytes: media type and endings, the usual one first."""
UNKNOWN = ("application/octet-stream", ("bin",))
SHOWN = frozenset({"JPEG", "MPO", "PNG", "GIF", "WEBP", "AVIF"})
"""What browsers can show."""
INERT = {
    "cache-control": "private, no-store",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
LONGEST = 120
"""Characters of a name."""
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names that Windows has for other things."""
ATTR_CHAR = "!#$&+-.^_`|~"
"""What stands as it is in ``filename*``, beside letters and digits (RFC 8187, 3.2.1)."""


@dataclass(frozen=True, slots=True)
class Original:
    """An original, and where it is."""

    name: str
    format: str
    size: int
    sha256: str
    stream: BinaryIO | None
    """None where the archive alone has it."""


class Originals(Protocol):
    """Brings originals."""

    def original(self, image: str) -> Original | None:
        """That of an image; None where none was accepted."""


class Sent(Response):
    """An answer that carries bytes, as Starlette sends answers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(status_code=answer.status)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await self._answer.send(send)


def download(original: Original, stream: BinaryIO, request: Request) -> Response:
    """The original's bytes: whole, a range of them, or the headers alone."""
    headers = {
        **INERT,
        "content-type": TYPES.get(original.format, UNKNOWN)[0],
        "content-disposition": disposition(original.name, original.format),
    }
    content = Content(stream, original.size, f'"{original.sha256[:32]}"', None, headers)
    return Sent(answered(content, request.method, request.headers))


def disposition(name: str, format: str) -> str:
    """``Content-Disposition`` for a file to keep, whatever the file was called."""
    said = file_name(name, format)
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain).strip(" .") or f"original.{_endings(format)[0]}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(said, safe=ATTR_CHAR)}"


def file_name(name: str, format: str) -> str:
    """The name without folders, signs that show nothing or turn the writing around; with a true ending."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*')
    said = " ".join(seen.split()).strip(". ")
    stem, _, ending = said.rpartition(".")
    endings = _endings(format)
    if not stem or ending.lower() not in endings:
        stem, ending = said, endings[0]
    stem = stem[:LONGEST].strip(". ") or "original"
    return f"{'_' if RESERVED.match(stem) else ''}{stem}.{ending}"


def _endings(format: str) -> tuple[str, ...]:
    return TYPES.get(format, UNKNOWN)[1]
