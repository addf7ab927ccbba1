"""Hands files in at an upload site as a browser does: a ticket, the form with the file, what became of it."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import requests

from pipeline.errors import Unavailable
from pipeline.ports import Report

SECONDS = (10.0, 300.0)
"""To connect, and between two pieces of an answer."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Handed:
    """A ticket that was handed out."""

    id: str
    url: str
    fields: Mapping[str, str]


class UploadClient:
    """One visitor of a site, for any number of threads. ``cookie``: what browsers send, ``name=value``.

    Every method raises ``Unavailable`` whose words are a kind of failure: the step, and what was answered.
    """

    def __init__(self, site: str, cookie: str) -> None:
        self.site = site.rstrip("/")
        self._cookie = cookie
        self._local = threading.local()

    def ticket(self, name: str, type: str, size: int) -> Handed:
        """Ask for a ticket for a file."""
        body = {"name": name, "type": type, "size": size}
        said = _json("ticket", self._ask("ticket", "POST", f"{self.site}/tickets", json=body))
        return Handed(said["id"], urljoin(f"{self.site}/", said["url"]), said["fields"])

    def send(self, handed: Handed, size: int, stream: BinaryIO) -> None:
        """Send the file."""
        form = _Form(handed.fields, size, stream)
        self._ask("upload", "POST", handed.url, data=form, headers={"content-type": form.type})

    def settle(self, id: str) -> str:
        """The image that the file of a ticket became; empty where nothing has come."""
        return str(_json("settling", self._ask("settling", "POST", f"{self.site}/tickets/{id}"))["image"])

    def live(self) -> Iterator[Report]:
        """The reports of this visitor's images, each time they change; ends when the site ends it."""
        with closing(self._ask("live", "GET", f"{self.site}/live", stream=True)) as answer:
            try:
                for line in answer.iter_lines():
                    if line.startswith(b"data:") and line[5:].strip().startswith(b"{"):
                        yield json.loads(line[5:])
            except requests.RequestException as fault:
                raise Unavailable(f"live: {type(fault).__name__}") from None

    def _ask(self, step: str, method: str, url: str, **given: Any) -> requests.Response:
        own = url.startswith(f"{self.site}/")
        headers = {**given.pop("headers", {}), **({"cookie": self._cookie} if own else {})}
        try:
            answer = self._session().request(
                method,
                url,
                headers=headers | {"origin": self.site},
                timeout=SECONDS,
                allow_redirects=False,
                **given,
            )
        except requests.RequestException as fault:
            raise Unavailable(f"{step}: {type(fault).__name__}") from None
        if not 200 <= answer.status_code < 300:
            raise Unavailable(f"{step}: {answer.status_code} {_said(answer)}".strip())
        return answer

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            # A proxy that the environment names is for other hosts, not for this machine.
            self._local.session.trust_env = urlsplit(self.site).hostname not in LOOPBACK
        session: requests.Session = self._local.session
        return session


class _Form:
    """A multipart form whose file is read while it is sent (RFC 7578)."""

    def __init__(self, fields: Mapping[str, str], size: int, stream: BinaryIO) -> None:
        edge = uuid4().hex
        self.type = f"multipart/form-data; boundary={edge}"
        part = f'--{edge}\r\nContent-Disposition: form-data; name="'
        named = "".join(f'{part}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
        self._head = f'{named}{part}file"; filename="file"\r\n\r\n'.encode()
        self._tail = f"\r\n--{edge}--\r\n".encode()
        self._stream, self._size = stream, size

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:  # by which requests knows that this is to be read bit by bit
        while chunk := self.read(1 << 16):
            yield chunk

    def read(self, count: int = -1) -> bytes:
        """The next bytes, so many of the file at most; what stands around it comes at once."""
        if self._head:
            found, self._head = self._head, b""
            return found
        if found := self._stream.read(count):
            return found
        found, self._tail = self._tail, b""
        return found


def _json(step: str, answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise Unavailable(f"{step}: an answer that is no JSON") from None


def _said(answer: requests.Response) -> str:
    """What an answer says is wrong: a sentence of the site, or the code of a bucket."""
    text = answer.text[:2000]
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("</Code>")[0]
    try:
        return str(json.loads(text)["error"])
    except (ValueError, LookupError, TypeError):
        return answer.reason or ""
