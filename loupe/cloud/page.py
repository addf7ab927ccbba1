"""Pages about published images, from a function with an address of its own that CloudFront alone may ask.

CloudFront brings files from the bucket itself; what is asked here is the page, the plain address of a
picture, which leads on to the file that suits its reader, and the pages' styles and scripts. Source:
docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format 2.0).
"""

import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers

from pipeline.ports import Public
from pipeline.publication import Publications
from web import assets
from web.about import plain
from web.answers import Answer
from web.public import NOT_NOW, PICTURE, PLAIN, Page, PublicFiles, nobody

log = logging.getLogger("loupe.page")

Event = Mapping[str, Any]
LARGEST = 4_000_000
"""Bytes of a body: Lambda takes answers of 6 MB, and base64 makes bytes a third longer."""
READ = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Pages:
    """Answers events of a function's address."""

    files: PublicFiles

    def answer(self, event: Event) -> dict[str, Any]:
        """The answer to one request, in Lambda's form; 404 where there is nothing that may be seen."""
        method, path = event["requestContext"]["http"]["method"], event["rawPath"]
        asked = Headers(dict(event.get("headers") or {}))
        if (asset := assets.under(path)) and method in READ:
            found = assets.response(asset, asked)
            body = bytes(found.body) if method == "GET" else b""
            return _form(found.status_code, dict(found.headers), body)
        if PICTURE.fullmatch(path) and method in READ:
            return _written(self.files.leading(path, asked), path)
        return _written(self.files.answer(method, path, asked), path)


def pages(publications: Publications, public: Public, page: Page = plain) -> Pages:
    """Short ids can be guessed: from outside they lead nowhere."""
    return Pages(PublicFiles(publications, public, nobody, page))


def _written(answer: Answer, path: str) -> dict[str, Any]:
    if answer.stream is None:
        return _form(answer.status, answer.headers, b"")
    with answer.stream:
        if answer.length <= LARGEST:
            return _form(answer.status, answer.headers, answer.stream.read(answer.length))
    log.error("%s is too large for a function. CloudFront is to bring files from the bucket.", path)
    return _form(503, {**PLAIN, "content-length": str(len(NOT_NOW))}, NOT_NOW)


def _form(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What is text goes as it is."""
    text = headers.get("content-type", "").startswith("text/") and "content-encoding" not in headers
    return {
        "statusCode": status,
        "headers": dict(headers),
        "body": body.decode() if text else b64encode(body).decode(),
        "isBase64Encoded": not text,
    }
