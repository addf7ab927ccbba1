"""Lets TinyPNG compress renditions, where a person gave a key. Pictures leave the machine then.

A compressor for ``pipeline.imaging.renditions``: it gives None whenever it does not want to or cannot, and
the local encoder takes over. The month's count is the service's own (header Compression-Count), asked for
before the first picture; what was spent elsewhere with the same key counts too.
Source: tinypng.com/developers/reference.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from requests import Response

from pipeline.errors import Misconfigured
from pipeline.imaging.renditions_plan import Format

PUBLIC = "https://api.tinify.com"
FREE = 500
"""Compressions a month that cost nothing."""
LARGEST = 5 << 20
"""Bytes that are sent, and taken back, at most: anything larger is done faster here."""
SECONDS = (5, 30)
"""To connect, and between two pieces of an answer."""
BUSY, REFUSED = 60.0, 3600.0
"""Seconds for which nobody asks after a failure, and after the key was refused."""
SCARCE = 20
"""Compressions left below which the count is asked for anew each time: other workers spend them too."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WRONG_KEY, USED_UP = 401, 429
PNG_ALONE: frozenset[Format] = frozenset({"PNG"})

_MEDIA: dict[Format, str] = {"JPEG": "image/jpeg", "WEBP": "image/webp", "AVIF": "image/avif"}


class _No(Exception):
    """Not now; for so many seconds."""

    def __init__(self, words: str, seconds: float = BUSY) -> None:
        super().__init__(words)
        self.seconds = seconds


@dataclass
class TinyPng:
    """Compresses with ``key``, at most ``monthly`` times a month, the formats that are named.

    PNG alone by default: it costs one compression, any other format two, since what is sent is always a PNG.
    Raises ``Misconfigured`` for an address that is neither https nor this machine.
    """

    key: str = field(repr=False)
    monthly: int = FREE
    formats: frozenset[Format] = PNG_ALONE
    address: str = PUBLIC
    clock: Callable[[], float] = time.time
    trouble: str = ""
    """Why it was not used last time, in words; empty when it was."""
    _spent: int | None = None
    _month: tuple[int, int] = (0, 0)
    _closed_until: float = 0.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise Misconfigured(f"TinyPNG's address must be https, for example {PUBLIC}.")

    def wants(self, format: Format) -> bool:
        """Would it compress such a file now? Asked before the PNG is made."""
        return format in self.formats and self.clock() >= self._closed_until

    def __call__(self, png: bytes, format: Format) -> bytes | None:
        """The picture compressed as ``format``; None where the local encoder shall do it."""
        if not self.wants(format):
            return None
        try:
            data = self._compressed(png, format)
        except (requests.RequestException, _No) as fault:
            self.trouble = str(fault) if isinstance(fault, _No) else f"No answer ({type(fault).__name__})."
            self._closed_until = self.clock() + (fault.seconds if isinstance(fault, _No) else BUSY)
            return None
        self.trouble = ""
        return data

    def _compressed(self, png: bytes, format: Format) -> bytes | None:
        costs = 1 if format == "PNG" else 2
        if len(png) > LARGEST:
            return None
        if (left := self._left()) < costs:
            raise _No(f"The month's {self.monthly} compressions are used up.", 0.0 if left > 0 else REFUSED)
        answer = self._ask("POST", f"{self.address}/shrink", png)
        place = urljoin(answer.url, answer.headers.get("Location", ""))
        if urlsplit(place)[:2] != urlsplit(self.address)[:2]:
            raise _No("The answer lies at another address, which does not get the key.")
        if format == "PNG":
            return self._body(self._ask("GET", place))
        return self._body(self._ask("POST", place, json={"convert": {"type": _MEDIA[format]}}))

    def _left(self) -> int:
        """Compressions left. A request without a picture is refused, and says how many were made."""
        now = time.gmtime(self.clock())
        if self._spent is None or self._month != now[:2] or self.monthly - self._spent < SCARCE:
            self._month = now[:2]
            self._spent = None
            self._count(self._sent("POST", f"{self.address}/shrink", b"", None))
        return self.monthly - (self._spent or 0)

    def _ask(self, method: str, url: str, data: bytes = b"", json: object = None) -> Response:
        answer = self._sent(method, url, data, json)
        self._count(answer)
        if not answer.ok:
            raise _No(f"TinyPNG answers {answer.status_code}.")
        return answer

    def _sent(self, method: str, url: str, data: bytes, json: object) -> Response:
        with requests.Session() as session:
            session.trust_env = False  # .netrc could replace the key
            return session.request(
                method,
                url,
                data=data or None,
                json=json,
                auth=("api", self.key),
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            )

    def _count(self, answer: Response) -> None:
        stated = answer.headers.get("Compression-Count", "")
        if stated.isdecimal():
            self._spent = int(stated)
        if answer.status_code == WRONG_KEY:
            raise _No("TinyPNG does not know the key.", REFUSED)
        if answer.status_code == USED_UP:
            raise _No("TinyPNG says that the month's compressions are used up.", REFUSED)

    def _body(self, answer: Response) -> bytes:
        data = answer.raw.read(LARGEST + 1, decode_content=True)
        if not 0 < len(data) <= LARGEST:
            raise _No("TinyPNG's answer has no picture of a sensible size.")
        return bytes(data)
