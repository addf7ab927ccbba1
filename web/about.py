"""The page about an image as an answer: its headers, and a plain page until a nicer one is handed in."""

import hashlib
from html import escape
from io import BytesIO
from urllib.parse import urlsplit

from pipeline.markup import markup
from pipeline.publication import Publication
from web.answers import Content

SHORTLY = "public, max-age=60"
"""What may change is asked for again after a minute, and costs a 304 as long as it did not."""
POLICY = (
    "default-src 'none'; img-src {images}; style-src 'self'; script-src 'self'; font-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content Security Policy: nothing inline, nothing from elsewhere but the pictures."""


def about(publication: Publication, html: str) -> Content:
    """The page's bytes and headers."""
    data = html.encode()
    headers = {
        "content-type": "text/html; charset=utf-8",
        "cache-control": SHORTLY,
        "content-security-policy": POLICY.format(images=" ".join(_origins(publication))),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
        "cross-origin-opener-policy": "same-origin",
    }
    return Content(BytesIO(data), len(data), f'"{hashlib.sha256(data).hexdigest()[:16]}"', None, headers)


def plain(publication: Publication) -> str:
    """Picture, addresses and markup, without a style."""
    words = markup(publication.renditions, publication.alt)
    links = "".join(
        f'<li><a href="{escape(each.url)}">{escape(each.name)}</a>'
        f" {each.width} × {each.height}, {each.format}, {each.bytes} bytes</li>\n"
        for each in publication.renditions
    )
    pasted = f"<pre><code>{escape(words.picture)}</code></pre>" if words else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(publication.alt)}</title></head>\n"
        f"<body><main>{words.picture if words else ''}\n<h1>{escape(publication.alt)}</h1>\n"
        f"<ul>\n{links}</ul>\n{pasted}</main></body></html>\n"
    )


def _origins(publication: Publication) -> list[str]:
    """Where the pictures lie: this site may be reached under another name than the one in their addresses."""
    parts = [urlsplit(each.url) for each in publication.renditions]
    return ["'self'", *sorted({f"{each.scheme}://{each.netloc}" for each in parts if each.netloc})]
