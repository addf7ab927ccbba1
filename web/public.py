"""Public files: pictures, one address per picture that suits its reader, and the page about an image.

Who asks for what is not there, not yet, not any more, or never was, gets one and the same answer.
"""

import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline.errors import LoupeError, Unknown
from pipeline.model import Rendition
from pipeline.ports import Public
from pipeline.publication import FOR_EVER, Publication, Publications
from web.about import SHORTLY, about, plain
from web.answers import Answer, Content, answered
from web.negotiation import TYPES, best

log = logging.getLogger("loupe.public")

GUID = r"/i/(?P<image>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
FILE = re.compile(rf"{GUID}/(?P<file>[a-z0-9]{{1,24}}-(?P<hash>[0-9a-f]{{16}})\.(?P<kind>jpg|png|webp|avif))")
PICTURE = re.compile(rf"{GUID}/(?P<name>[a-z0-9]{{1,24}})")
PAGE = re.compile(GUID)
SHORT = re.compile(r"/i/(?P<short>(?:[Ii][Mm][Gg]-)?[0-9A-Za-z]{4,9})")
KINDS = {"jpg": TYPES["JPEG"], "png": TYPES["PNG"], "webp": TYPES["WEBP"], "avif": TYPES["AVIF"]}

EMBEDDED = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
}
"""Pictures are made to be shown on other sites."""
PLAIN = {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
NOTHING = b"There is nothing here.\n"
NOT_NOW = b"Not possible at the moment.\n"

Page = Callable[[Publication], str]
"""Writes the page about an image."""
Named = Callable[[str], str | None]
"""The id of the image that a short id means, where short ids may be used."""


def nobody(_short: str) -> str | None:
    """For a site that others reach: short ids can be guessed, so they lead nowhere."""
    return None


def routes(
    publications: Publications, public: Public, named: Named = nobody, page: Page = plain
) -> list[Route]:
    """The routes of ``/i`` and everything below, for every method."""
    files = PublicFiles(publications, public, named, page)
    return [Route("/i", files), Route("/i/{rest:path}", files)]


@dataclass(frozen=True, slots=True)
class PublicFiles:
    """The ASGI app of everything below ``/i``."""

    publications: Publications
    public: Public
    named: Named
    page: Page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. The path counts as it was sent: an escaped one is not an address of ours."""
        path = scope.get("raw_path") or scope["path"].encode()
        answer = await run_in_threadpool(
            self.answer, scope["method"], path.decode("latin-1"), Headers(scope=scope)
        )
        await answer.send(send)

    def answer(self, method: str, path: str, asked: Headers) -> Answer:
        """The answer to a request for a path, as it stands in the request line without its query."""
        if method not in ("GET", "HEAD"):
            return _plain(404, NOTHING, method)
        try:
            content = self._found(path, asked)
        except LoupeError as fault:
            return _not_now(fault, method)
        if isinstance(content, str):
            return _plain(302, b"", method, {"location": content})
        return answered(content, method, asked) if content else _plain(404, NOTHING, method)

    def leading(self, path: str, asked: Headers) -> Answer:
        """To the plain address of a picture: where the file is that its reader likes best, or nothing."""
        way = PICTURE.fullmatch(path)
        try:
            publication = self.publications.publication(way["image"]) if way else None
        except LoupeError as fault:
            return _not_now(fault, "GET")
        found = chosen(publication, way["name"], asked.get("accept")) if way and publication else None
        if not found:
            return _plain(404, NOTHING, "GET")
        said = {"location": f"/i/{found.key}", "cache-control": SHORTLY, "vary": "Accept"}
        return _plain(302, b"", "GET", said)

    def _found(self, path: str, asked: Headers) -> Content | str | None:
        """What lies under a path: bytes, another address, or nothing that may be seen."""
        if (way := SHORT.fullmatch(path)) and (image := self.named(way["short"])):
            return f"/i/{image}" if self.publications.publication(image) else None
        way = FILE.fullmatch(path) or PICTURE.fullmatch(path) or PAGE.fullmatch(path)
        publication = self.publications.publication(way["image"]) if way else None
        if not way or not publication:
            return None
        if way.re is PAGE:
            return about(publication, self.page(publication))
        if way.re is PICTURE:
            return self._picture(publication, way["name"], asked.get("accept"))
        return self._file(f"{way['image']}/{way['file']}", {"cache-control": FOR_EVER})

    def _picture(self, publication: Publication, name: str, accept: str | None) -> Content | None:
        """See ``chosen``."""
        found = chosen(publication, name, accept)
        own = {"cache-control": SHORTLY, "vary": "Accept"}
        return self._file(found.key, own | {"content-location": f"/i/{found.key}"}) if found else None

    def _file(self, key: str, own: Mapping[str, str]) -> Content | None:
        way = FILE.fullmatch(f"/i/{key}")
        if not way:
            return None
        try:
            stream = self.public.open(key)
        except Unknown:
            return None
        said = {
            "content-type": KINDS[way["kind"]],
            "content-disposition": f'inline; filename="{way["file"]}"',
        }
        state = os.fstat(stream.fileno())
        modified = datetime.fromtimestamp(int(state.st_mtime), UTC)
        return Content(stream, state.st_size, f'"{way["hash"]}"', modified, {**said, **own, **EMBEDDED})


def chosen(publication: Publication, name: str, accept: str | None) -> Rendition | None:
    """Of the renditions with a name, the one whose format an ``Accept`` header likes best."""
    there = {each.format: each for each in publication.renditions if each.name == name}
    return there[best(accept, there)] if there else None


def _not_now(fault: LoupeError, method: str) -> Answer:
    log.error("%s", fault.words)
    return _plain(503, NOT_NOW, method, {"retry-after": "10"})


def _plain(status: int, words: bytes, method: str, more: Mapping[str, str] | None = None) -> Answer:
    headers = {**PLAIN, **(more or {}), "content-length": str(len(words))}
    return (
        Answer(status, headers) if method == "HEAD" else Answer(status, headers, BytesIO(words), len(words))
    )
