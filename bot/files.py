"""Brings the bytes of a picture that was posted in Slack. Each way to fail has a sentence of its own.

Sources: docs.slack.dev/reference/methods/files.info, /reference/objects/file-object ("mode", "file_access"),
/apis/slack-connect.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO

from slack_sdk import WebClient

from bot.api import call, trusts
from bot.arrivals import GONE_MODES, may_be_picture
from bot.calls import PACES
from bot.cards.message import ADMIN
from bot.cards.words import name
from bot.refusals import Kind, Refusal, retry_after
from pipeline.cards import Cards
from pipeline.errors import Rejected, Transient
from pipeline.fetching import Fetch, Refused, Wanted
from pipeline.model import Source
from pipeline.text import size

INFO = "files.info"
DELETED = "The file was deleted from Slack before it could be looked at."
LOGIN_PAGE = (
    f"Slack answered with its login page instead of the picture. {ADMIN} give Loupe the scope files:read and"
    " install it again."
)
IDENTITY = f"Slack does not accept Loupe's token any more ({{error}}). {ADMIN} install Loupe again."
SCOPE = (
    f"Loupe may not read files here: it lacks the scope files:read. {ADMIN} add it and install Loupe again."
)
SLOWER = "Slack asked Loupe to slow down."
PATIENCE = 3.0
"""Seconds that a picture waits here for its turn to ask; beyond that it makes room for others."""
DENIED = "Slack does not let Loupe see this file ({error}). Share it in a channel that Loupe is a member of."
EXTERNAL = "The file is kept outside of Slack ({where}), where Loupe does not go. Upload the picture itself."
ELSEWHERE = "The file's address is not one of Slack's, so it was not fetched. Upload the picture itself."
OTHER = "This is not a picture (Slack calls it {kind})."
WEB_PAGE = "This is a web page, not a picture."
TOO_BIG = "The file has {size}; the most that is looked at is {limit}. Post a smaller copy."
WORDS = {
    "file_deleted": DELETED,
    "file_not_found": "Slack has no such file for Loupe: it was deleted, or Loupe is not in its channel.",
}
SCOPE_ERRORS = ("missing_scope", "no_permission")


class SlackFiles:
    """The ``Incoming`` port for pictures from Slack."""

    def __init__(self, client: WebClient, cards: Cards, fetch: Fetch) -> None:
        self._client = client
        self._fetch = fetch
        self._cards = cards
        self._trusted = trusts(client.base_url)

    def open(self, source: Source, limit: int) -> AbstractContextManager[BinaryIO]:
        """The file's bytes as Slack keeps them now."""
        return self._opened(source, limit)

    @contextmanager
    def _opened(self, source: Source, limit: int) -> Iterator[BinaryIO]:
        file = self.info(source.team, source.locator)
        if not may_be_picture(file) and file.get("mode") not in GONE_MODES:
            raise Rejected(
                OTHER.format(kind=name(file.get("pretty_type") or file.get("mimetype") or "unknown"))
            )
        wanted = Wanted(_address(file), self._client.token or "", limit, _size(file, limit))
        try:
            with self._fetch(wanted, self._trusted) as stream:
                yield stream
        except Refused as refused:
            raise _download_failed(refused, file) from None

    def info(self, team: str, file: str) -> Mapping[str, Any]:
        """What files.info says. Raises ``Rejected``, or ``Transient`` for all that can be mended."""
        until = time.time() + PATIENCE
        while free_at := self._cards.reserve(team, INFO, PACES[INFO]):
            if free_at > until:
                raise Transient(SLOWER, max(0.1, free_at - time.time()))
            time.sleep(max(0.05, free_at - time.time()))
        try:
            answer = call(self._client.files_info, file=file)
        except Refusal as refusal:
            raise self._failed(team, refusal) from None
        found: Mapping[str, Any] = answer.get("file") or {}
        return found

    def _failed(self, team: str, refusal: Refusal) -> Rejected | Transient:
        if refusal.kind is Kind.LATER:
            self._cards.hold(team, INFO, time.time() + refusal.retry_after)
            return Transient(SLOWER, refusal.retry_after)
        if refusal.kind in (Kind.UNSURE, Kind.UNSENT):
            return Transient(f"Slack could not be reached ({refusal.error}).")
        if refusal.error in SCOPE_ERRORS:
            return Transient(SCOPE)
        if refusal.kind is Kind.IDENTITY:
            return Transient(IDENTITY.format(error=refusal.error))
        return Rejected(WORDS.get(refusal.error) or DENIED.format(error=refusal.error))


def _address(file: Mapping[str, Any]) -> str:
    if file.get("mode") in GONE_MODES:
        return _never(DELETED)
    if file.get("file_access") in ("access_denied", "file_not_found"):
        return _never(DENIED.format(error=file["file_access"]))
    if file.get("is_external") or file.get("mode") == "external":
        return _never(EXTERNAL.format(where=str(file.get("external_type") or "another service")[:40]))
    address = file.get("url_private_download") or file.get("url_private")
    return str(address) if address else _never(DENIED.format(error="no address"))


def _never(words: str) -> str:
    raise Rejected(words)


def _size(file: Mapping[str, Any], limit: int) -> int | None:
    declared = file.get("size")
    if not isinstance(declared, int) or declared <= 0:
        return None
    if declared > limit:
        raise Rejected(TOO_BIG.format(size=size(declared), limit=size(limit)))
    return declared


def _download_failed(refused: Refused, file: Mapping[str, Any]) -> Rejected | Transient:
    status = refused.status
    if status == 200 and _is_page(file, refused):
        return Rejected(WEB_PAGE)
    if status in (200, 401) or 300 <= status < 400:
        return Transient(LOGIN_PAGE)
    if status == 429:
        return Transient(SLOWER, retry_after(refused.headers))
    if status >= 500 or status == 408:
        return Transient(f"Slack could not hand out the file (HTTP {status}).")
    if status == 0:
        return Rejected(ELSEWHERE)
    return Rejected(DELETED if status in (404, 410) else DENIED.format(error=f"HTTP {status}"))


def _is_page(file: Mapping[str, Any], refused: Refused) -> bool:
    """Is the web page that came the very file? Slack says so, or it is as long as the file."""
    length = next((v for k, v in refused.headers.items() if k.lower() == "content-length"), "")
    named = str(file.get("mimetype")).startswith(("text/html", "application/xhtml"))
    return named or (bool(length) and length == str(file.get("size")))
