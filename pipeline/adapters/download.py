"""Fetch one file over HTTP into memory or a temporary file, bounded in size and time.

A token goes to trusted addresses only: redirects are followed by hand and checked again, and .netrc is
never read. docs.slack.dev/reference/objects/file-object: url_private_download needs the bearer token.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO, cast
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest, Response
from requests.auth import AuthBase

from pipeline.errors import Rejected
from pipeline.fetching import Interrupted, Refused, Trusted, Wanted

IN_MEMORY = 8 << 20
"""Bytes that are kept in memory; more go to a temporary file."""
CHUNK = 256 << 10
CONNECT, READ = 5, 15
"""Seconds to connect, and between two pieces."""
TOTAL = 90
"""Seconds for everything."""
REDIRECTS = 5
PAGES = ("text/html", "application/xhtml")


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@contextmanager
def fetch(wanted: Wanted, trusted: Trusted) -> Iterator[BinaryIO]:
    """The file, seekable, at its start.

    Raises ``Refused``, ``Interrupted`` when it breaks off, and ``Rejected`` when it is larger than allowed.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
        file, until = cast(BinaryIO, spooled), time.monotonic() + TOTAL
        try:
            if not _fetched(wanted, trusted, file, until):
                _again(wanted, trusted, file, until)
        except requests.RequestException as fault:
            raise Interrupted(f"The download broke off ({type(fault).__name__}).") from None
        file.seek(0)
        yield file


def _fetched(wanted: Wanted, trusted: Trusted, file: BinaryIO, until: float) -> bool:
    """Fetch it once; is it certain that all of it came?

    urllib3 itself raises for fewer bytes than the server promised, and for chunks that are missing. A server
    that promises nothing leaves only the size that was announced, which is not always right.
    """
    with requests.Session() as session, closing(_answer(session, wanted, trusted)) as answer:
        received = _copy(answer, file, wanted, until)
        promised = {"content-length", "transfer-encoding"} & set(map(str.lower, answer.headers))
        return bool(promised) or received >= (wanted.size or 0)


def _again(wanted: Wanted, trusted: Trusted, file: BinaryIO, until: float) -> None:
    """Fewer bytes than announced: what comes a second time with the same length is all there is."""
    before = file.tell()
    file.seek(0)
    file.truncate()
    if not _fetched(wanted, trusted, file, until) and file.tell() != before:
        raise Interrupted(f"Only {before} of {wanted.size} bytes came.")


def _answer(session: requests.Session, wanted: Wanted, trusted: Trusted) -> Response:
    url = wanted.url
    for hop in range(REDIRECTS + 1):
        if not trusted(url):
            raise Refused(302 if hop else 0, {}, url)
        answer = session.get(
            url,
            auth=_Bearer(wanted.token) if _may_know(url, wanted.url) else _nothing,
            headers={"Accept-Encoding": "identity"},
            allow_redirects=False,
            stream=True,
            timeout=(CONNECT, READ),
        )
        if not answer.is_redirect:
            return answer
        url = urljoin(url, answer.headers["location"])
        answer.close()
    raise Refused(310, {}, url)


def _may_know(url: str, first: str) -> bool:
    """The token goes on to the same origin, and to trusted hosts over https."""
    here, there = urlsplit(url), urlsplit(first)
    return here.scheme == "https" or (here.scheme, here.netloc) == (there.scheme, there.netloc)


def _nothing(request: PreparedRequest) -> PreparedRequest:
    """In place of credentials, or .netrc would be asked for some."""
    return request


def _copy(answer: Response, file: BinaryIO, wanted: Wanted, until: float) -> int:
    if answer.status_code != 200:
        raise Refused(answer.status_code, answer.headers)
    kind = answer.headers.get("content-type", "").lower()
    if kind.startswith(PAGES):
        raise Refused(200, answer.headers)
    received = 0
    for piece in answer.iter_content(CHUNK):
        if not received and _is_page(piece):
            raise Refused(200, answer.headers)
        received += len(piece)
        if received > wanted.limit:
            raise Rejected(
                f"The file is larger than {wanted.limit / 1e6:.0f} MB, the most that is looked at."
            )
        if time.monotonic() > until:
            raise Interrupted(f"The download took longer than {TOTAL} seconds.")
        file.write(piece)
    return received


def _is_page(start: bytes) -> bool:
    return start[:256].lstrip().lower().startswith((b"<!doctype html", b"<html"))
