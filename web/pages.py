"""Pages of the upload site: rendered from templates, with the headers that keep a browser's doors shut.

Headers: OWASP Secure Headers Project; Content-Security-Policy Level 3 (w3.org/TR/CSP3).
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web import assets, words

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


def html(template: str, request: Request, status: int = 200, bucket: str = "", **known: Any) -> Response:
    """A page, in the language of whoever asks. ``bucket``: the origin that its scripts may send files to."""
    static = {name: assets.address(name) for name in assets.ASSETS}
    shown = {
        "static": static,
        "site": assets.of_site,
        "t": words.of(request),
        "fault": "",
        "mailbox": "",
        **known,
    }
    body = TEMPLATES.get_template(f"site/{template}").render(shown)
    return HTMLResponse(
        body,
        status,
        HEADERS
        | {"vary": "Accept-Language, Cookie"}
        | {"content-security-policy": POLICY.format(bucket=f" {bucket}".rstrip())},
    )
