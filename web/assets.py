"""The page's own style, script and icon, under addresses that change with their content.

So they may be kept by browsers and caches for ever; a new version has a new address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

FOLDER = Path(__file__).parent / "static"
WHERE = "/i/static"
"""Below the public files, so that whatever stands before those brings these too. No image has this id."""
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
AFTER = {"dashboard.css": "page.css"}
"""What is served behind the content of another file: a page that needs both waits for one answer."""
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its name with a part of its hash, and its content."""

    name: str
    type: str
    content: bytes


def _read(path: Path) -> Asset:
    before = path.with_name(AFTER[path.name]).read_bytes() if path.name in AFTER else b""
    content = before + path.read_bytes()
    name = f"{path.stem}-{sha256(content).hexdigest()[:12]}{path.suffix}"
    return Asset(name, TYPES[path.suffix], content)


ASSETS: Mapping[str, Asset] = {path.name: _read(path) for path in sorted(FOLDER.iterdir())}
"""By the name in the folder."""


def address(name: str) -> str:
    """Path of ``name`` below the site's root."""
    return f"{WHERE}/{ASSETS[name].name}"


def static_routes() -> list[BaseRoute]:
    """Routes that serve the assets. They belong before those of ``/i/{image}``."""
    return [Mount(WHERE, routes=[_route(asset) for asset in ASSETS.values()])]


def _route(asset: Asset) -> Route:
    tag = f'"{asset.name.rpartition(".")[0]}"'

    def answer(request: Request) -> Response:
        """The file; nothing where the asker has it."""
        headers = HEADERS | {"ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.type, headers=headers)

    return Route(f"/{asset.name}", answer)
