"""The pages' own styles, scripts and icons, under addresses that change with their content.

So they may be kept by browsers and caches for ever; a new version has a new address. The files of the
upload site lie in one folder whose name has a hash of them all: its modules import each other by plain names.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

FOLDER = Path(__file__).parent / "static"
WHERE = "/i/static"
"""Below the public files, so that whatever stands before those brings these too. No image has this id."""
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
AFTER = {"dashboard.css": "page.css"}
"""What is served behind the content of another file: a page that needs both waits for one answer."""
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its name with a part of its hash, and its content."""

    name: str
    type: str
    content: bytes
    packed: bytes = b""
    """The same in gzip's format, where that is smaller."""


def _read(path: Path) -> Asset:
    before = path.with_name(AFTER[path.name]).read_bytes() if path.name in AFTER else b""
    content = before + path.read_bytes()
    name = f"{path.stem}-{sha256(content).hexdigest()[:12]}{path.suffix}"
    return _packed(name, content)


def _bundle(folder: Path) -> dict[str, Asset]:
    paths = sorted(path for path in folder.iterdir() if path.suffix in TYPES)
    digest = sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()[:12]
    return {path.name: _packed(f"site-{digest}/{path.name}", path.read_bytes()) for path in paths}


def _packed(name: str, content: bytes) -> Asset:
    small = gzip.compress(content, 9, mtime=0)
    return Asset(name, TYPES[Path(name).suffix], content, small if len(small) < len(content) else b"")


ASSETS: Mapping[str, Asset] = {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}
"""By the name in the folder."""
SITE: Mapping[str, Asset] = _bundle(FOLDER / "site")
"""Those of the upload site, by the name in their folder."""
_PATHS = {f"{WHERE}/{asset.name}": asset for asset in (*ASSETS.values(), *SITE.values())}


def address(name: str) -> str:
    """Path of ``name`` below the site's root."""
    return f"{WHERE}/{ASSETS[name].name}"


def of_site(name: str) -> str:
    """Path of ``name``, a file of the upload site."""
    return f"{WHERE}/{SITE[name].name}"


def under(path: str) -> Asset | None:
    """What lies under a path below the site's root; None: nothing of these."""
    return _PATHS.get(path)


def static_routes() -> list[BaseRoute]:
    """Routes that serve the assets. They belong before those of ``/i/{image}``."""
    return [Mount(WHERE, routes=[_route(asset) for asset in (*ASSETS.values(), *SITE.values())])]


def response(asset: Asset, asked: Headers) -> Response:
    """The file; nothing where the asker has it."""
    tag = f'"{asset.name.rpartition(".")[0]}"'
    headers = HEADERS | {"ETag": tag}
    if asked.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if asset.packed:
        headers["Vary"] = "Accept-Encoding"
    if asset.packed and "gzip" in asked.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.type, headers=headers)
    return Response(asset.content, media_type=asset.type, headers=headers)


def _route(asset: Asset) -> Route:
    def answer(request: Request) -> Response:
        return response(asset, request.headers)

    return Route(f"/{asset.name}", answer)
