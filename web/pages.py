"""Pages of the upload site: rendered from templates, with the headers that keep a browser's doors shut.

Headers: OWASP Secure Headers Project; Content-Security-Policy Level 3 (w3.org/TR/CSP3).
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web import assets, ways, words

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'{bucket}; manifest-src 'self'; worker-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}
INSIDE = ("__Host-loupe", "loupe")
"""Names of the session's cookie: who has one gets the navigation. What it is worth is asked elsewhere."""
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html(template: str, request: Request, status: int = 200, **known: Any) -> Response:
    """A page, in the language of whoever asks. ``bucket``: an origin that its scripts may send files to."""
    shown = {
        "static": {name: assets.address(name) for name in assets.ASSETS},
        "site": assets.of_site,
        "t": words.of(request),
        "languages": words.LANGUAGES,
        "here": ways.here(request),
        "inside": any(name in request.cookies for name in INSIDE),
        "fault": "",
        "mailbox": "",
        "bucket": "",
        **known,
    }
    body = TEMPLATES.get_template(f"site/{template}").render(shown)
    return HTMLResponse(body, status, headers(shown["bucket"]) | {"vary": "Accept-Language, Cookie"})


def headers(bucket: str = "") -> dict[str, str]:
    """The headers of every answer for a person on the site, beside those that ``web.shield`` adds."""
    return HEADERS | {"content-security-policy": POLICY.format(bucket=f" {bucket}" if bucket else "")}
