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
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        until = time.monotonic() + TOTAL
        try:
            with requests.Session() as session, closing(_answer(session, wanted, trusted)) as answer:
                _copy(answer, cast(BinaryIO, file), wanted, until)
        except requests.RequestException as fault:
            raise Interrupted(f"The download broke off ({type(fault).__name__}).") from None
        file.seek(0)
        yield cast(BinaryIO, file)


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


def _copy(answer: Response, file: BinaryIO, wanted: Wanted, until: float) -> None:
    if answer.status_code != 200:
        raise Refused(answer.status_code, answer.headers)
    kind = answer.headers.get("content-type", "").lower()
    if kind.startswith(PAGES):
        raise Refused(200, answer.headers)
    length = answer.headers.get("content-length", "")
    received = 0
    for piece in answer.iter_content(CHUNK):
        if not received and not kind.startswith("image/") and _is_page(piece):
            raise Refused(200, answer.headers)
        received += len(piece)
        if received > wanted.limit:
            raise Rejected(
                f"The file is larger than {wanted.limit / 1e6:.0f} MB, the most that is looked at."
            )
        if time.monotonic() > until:
            raise Interrupted(f"The download took longer than {TOTAL} seconds.")
        file.write(piece)
    expected = int(length) if length.isdigit() else wanted.size
    if expected is not None and received < expected:
        raise Interrupted(f"Only {received} of {expected} bytes came.")


def _is_page(start: bytes) -> bool:
    return start[:256].lstrip().lower().startswith((b"<!doctype html", b"<html"))
