"""Pages of the upload site: rendered from templates, with the headers that keep a browser's doors shut.

Headers: OWASP Secure Headers Project; Content-Security-Policy Level 3 (w3.org/TR/CSP3).
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web import assets, words
from web.visits import SESSIONS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'{bucket}; manifest-src 'self'; worker-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), camera=(self)",
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(template: str, request: Request, status: int = 200, **known: Any) -> Response:
    """A page, in the language of whoever asks."""
    static = {name: assets.address(name) for name in assets.ASSETS}
    shown = {
        "static": static,
        "site": assets.of_site,
        "t": words.of(request),
        "languages": words.LANGUAGES,
        "here": _path(request),
        "inside": any(name in request.cookies for name in SESSIONS),
        "fault": "",
        "mailbox": "",
        **known,
    }
    body = TEMPLATES.get_template(f"site/{template}").render(shown)
    return HTMLResponse(
        body,
        status,
        HEADERS | {"vary": "Accept-Language, Cookie"} | {"content-security-policy": POLICY.format(bucket="")},
    )


def _path(request: Request) -> str:
    """Where the reader is, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
