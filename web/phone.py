"""The upload site on the phone: what makes it installable, its service worker, the page for no network.

Sources: w3.org/TR/appmanifest (manifest), w3c.github.io/web-share-target (share target),
w3.org/TR/service-workers (the worker's script, scope and updates).
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from web import assets, words
from web.pages import html
from web.visits import Visits

WORKER = "/sw.js"
SHARE = "/share"
FIELD = "photos"
"""The field of the form that another app's share sheet sends."""
ACCEPT = [
    "image/*",
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".heic",
    ".heif",
    ".avif",
    ".tif",
    ".tiff",
    ".bmp",
]
PAPER, INK = "#fbfaf8", "#0b6b5e"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'{bucket}; base-uri 'none'"
"""The worker's own: it loads modules and asks this site, and the bucket where there is one."""
SHELL = ("page.css", "icon.svg")
"""Beside the site's own folder, what the offline page needs."""


def routes(visits: Visits, bucket: str = "") -> list[BaseRoute]:
    """All that the phone asks for; ``bucket`` is the origin that files are sent to, if not this site."""

    def who(request: Request) -> Response:
        """Whose pictures may be sent now; for the page's script and the worker."""
        visitor = visits.visitor(request)
        return JSONResponse({"person": visitor.id if visitor else ""}, headers={"cache-control": "no-store"})

    def worker(_request: Request) -> Response:
        policy = POLICY.format(bucket=f" {bucket}" if bucket else "")
        headers = {
            "cache-control": "no-cache",
            "content-security-policy": policy,
            "service-worker-allowed": "/",
            "x-content-type-options": "nosniff",
        }
        return Response(script(), media_type="text/javascript", headers=headers)

    return [
        Route("/manifest.webmanifest", _manifest),
        Route(WORKER, worker),
        Route("/offline", _page("offline.html", bucket)),
        Route(SHARE, _page("shared.html"), methods=["POST"]),
        Route("/who", who),
    ]


def script() -> str:
    """The worker's script: it changes whenever a file of the site does, so browsers see a new version."""
    version = assets.of_site("sw.js").rsplit("/", 2)[1]
    files = [name for name in assets.SITE if name.endswith((".js", ".css")) and name != "sw.js"]
    shell = [*(assets.address(name) for name in SHELL), *map(assets.of_site, files)]
    known = json.dumps({"version": version, "shell": shell})
    return f'import {{ serve }} from "{assets.of_site("sw.js")}";\nserve({known});\n'


def manifest(said: words.Words) -> dict[str, Any]:
    """What a phone needs to know to install the site, in one language."""
    plain = [_icon("icon-192.png", 192, "any"), _icon("icon-512.png", 512, "any")]
    masked = _icon("icon-maskable-512.png", 512, "maskable")
    return {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": said.language,
        "name": said.plain("phone.name"),
        "short_name": said.plain("phone.name"),
        "description": said.plain("phone.description"),
        "theme_color": INK,
        "background_color": PAPER,
        "icons": [*plain, masked],
        "shortcuts": [
            {"name": said.plain("phone.upload"), "url": "/", "icons": plain[:1]},
            {"name": said.plain("phone.pictures"), "url": "/mine", "icons": plain[:1]},
        ],
        "share_target": {
            "action": SHARE,
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": FIELD, "accept": ACCEPT}]},
        },
    }


def _manifest(request: Request) -> Response:
    headers = {"cache-control": "no-cache", "vary": "Accept-Language, Cookie"}
    body = json.dumps(manifest(words.of(request)), ensure_ascii=False)
    return Response(body, media_type="application/manifest+json", headers=headers)


def _icon(name: str, side: int, purpose: str) -> dict[str, str]:
    return {"src": assets.of_site(name), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _page(template: str, bucket: str = "") -> Callable[[Request], Response]:
    """A page that says the same to everybody, whoever they are."""

    def show(request: Request) -> Response:
        return html(template, request, bucket=bucket)

    return show
