"""A letter written out: headers, a text part, an HTML part with its chart, as bytes for a server.

multipart/alternative of text and multipart/related (RFC 2046, section 5.1.4; RFC 2387); the chart is found by
its Content-ID (RFC 2392). The same letter to the same mailbox is the same bytes.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.letters.letter import Letter, Table
from pipeline.letters.mailbox import folded, line

FOLDER = Path(__file__).parent / "templates"
HTML = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEXT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=False, undefined=StrictUndefined, trim_blocks=True,  # noqa: S701
    lstrip_blocks=True,
)  # fmt: skip
"""Plain text needs no escaping."""
PNG = "digest.png"
WHOLE = ("Message-ID", "References", "List-Id", "List-Unsubscribe")


class Unfolded(EmailPolicy):
    """What is long and not to be broken stays on the line of its header; not everybody reads it folded."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as bytes."""
        if name in WHOLE:
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = Unfolded(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on the outside of a letter."""

    sender: Address
    mailbox: str
    id: str
    """Of the piece of news."""
    at: datetime
    """When the news was written, with its offset."""
    thread: str = ""
    """What several letters have in common that belong together."""


def message(letter: Letter, cover: Cover) -> bytes:
    """The whole message, lines ended by CR and LF, none longer than 998 octets."""
    written = EmailMessage(POLICY)
    for name, value in headers(letter, cover).items():
        written[name] = value
    picture = f"chart.{cover.id}@{cover.sender.domain}" if letter.chart else ""
    written.set_content(text(letter), cte="quoted-printable")
    written.add_alternative(html(letter, f"cid:{picture}"), subtype="html", cte="quoted-printable")
    if letter.chart:
        _related(written).add_related(
            letter.chart.png, "image", "png", cid=f"<{picture}>", filename=PNG, disposition="inline"
        )
    for number, part in enumerate(part for part in written.walk() if part.is_multipart()):
        part.set_boundary(f"=_{number}_{cover.id}")  # no line of quoted-printable or base64 begins with =_
    return written.as_bytes()


def headers(letter: Letter, cover: Cover) -> dict[str, str | Address | datetime]:
    """The headers, but for those of the parts."""
    domain = cover.sender.domain
    found: dict[str, str | Address | datetime] = {
        "From": cover.sender,
        "To": Address(addr_spec=cover.mailbox),
        "Subject": line(letter.subject),
        "Date": cover.at,
        "Message-ID": f"<{cover.id}.{_short(folded(cover.mailbox))}@{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's absence notice answers it
    }
    if cover.thread:
        found["References"] = f"<{_short(cover.thread)}.thread@{domain}>"
    if letter.stop:
        found["List-Id"] = f"<digest.{domain}>"
        found["List-Unsubscribe"] = (
            f"<{letter.stop.address}>, <mailto:{cover.sender.addr_spec}?subject=unsubscribe>"
        )
        if letter.stop.address.startswith("https://"):  # RFC 8058, section 3.1
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def text(letter: Letter) -> str:
    """The text part."""
    return _legible(TEXT.get_template("letter.txt").render(letter=letter, rows=_aligned(letter.table)))


def html(letter: Letter, chart: str) -> str:
    """The HTML part; ``chart``: where its picture is found."""
    return _legible(HTML.get_template("letter.html").render(letter=letter, chart=chart))


def _legible(words: str) -> str:
    """Without what controls (but for ends of lines) and what UTF-8 cannot hold."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in words)


def _aligned(table: Table | None) -> list[str]:
    """The rows of a table as lines: the first column to the left, numbers to the right."""
    if table is None:
        return []
    rows = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def _related(written: EmailMessage) -> MIMEPart:
    part = written.get_body(("html",))
    assert part is not None
    return part


def _short(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]
