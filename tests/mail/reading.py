"""Reads messages back as a mail program does."""

from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser


def parsed(message: bytes) -> EmailMessage:
    found = BytesParser(policy=policy.SMTP).parsebytes(message)
    assert isinstance(found, EmailMessage)
    assert found.defects == []
    return found


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content()).replace("\r\n", "\n")


def picture(message: EmailMessage) -> EmailMessage:
    (found,) = [each for each in message.walk() if each.get_content_type() == "image/png"]
    return found


@dataclass
class Seen(HTMLParser):
    """What stands in an HTML part: words of each paragraph or cell, rows of tables, addresses, tags."""

    words: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        self._hidden += tag in ("style", "title")
        if tag == "tr":
            self.rows.append([])
        if tag == "a":
            self.links.append(known.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.words.append(data.strip())
            if self.rows and self._within("tr"):
                self.rows[-1].append(data.strip())

    def _within(self, tag: str) -> bool:
        return self.tags[-1][0] in ("th", "td", tag)


def seen(html: str) -> Seen:
    found = Seen()
    found.feed(html)
    found.close()
    return found
