"""A site with one image page and real pictures behind it, on a free port of this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pipeline.model import RenditionFormat, Spot, Town
from pipeline.publication import Publication
from tests.unit.pictures import IMAGE, rendition
from web.about import about
from web.assets import static_routes
from web.page import page

FORMATS: tuple[RenditionFormat, ...] = ("JPEG", "WEBP", "AVIF")
WIDTHS = (320, 640, 1280)
NAMED = (("art2560", 1280, 720), ("app512", 512, 512), ("w150", 150, 113), ("box50", 50, 38))
TOWNS = [
    Town("Interlaken", 46.6863, 7.8632, 5592),
    Town("Unterseen", 46.6866, 7.8466, 5400),
    Town("Wilderswil", 46.6623, 7.8617, 2612),
]


def picture(width: int, height: int, format: str) -> bytes:
    """A plain picture, quickly made."""
    stream = BytesIO()
    Image.new("RGB", (width, height), (40, 90, 120)).save(stream, format, quality=50)
    return stream.getvalue()


class Site:
    """What the server at ``url`` knows: pages by path, and the files they show."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pages: dict[str, tuple[str, Mapping[str, str]]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.publication = self._publish()
        self.address = self.show(self.publication)

    def show(self, publication: Publication, name: str = IMAGE) -> str:
        """Put the page of ``publication`` up; its address."""
        html = page(publication, TOWNS if publication.spot else ())
        self.pages[name] = html, about(publication, html).headers
        return f"{self.url}/i/{name}"

    def put(self, name: str, html: str) -> str:
        """Put any page up; its address."""
        self.pages[name] = html, {}
        return f"{self.url}/i/{name}"

    def answer(self, request: Request) -> Response:
        """A page or a file below ``/i/``."""
        name = request.path_params["name"]
        if name in self.pages:
            html, more = self.pages[name]
            return HTMLResponse(html, headers=dict(more))
        content, type = self.files.get(name, (b"", "text/plain"))
        return Response(content, 200 if content else 404, media_type=type)

    def _publish(self) -> Publication:
        copies = [rendition(f"s{w}", f, w, w * 3 // 4) for w in WIDTHS for f in FORMATS]
        copies += [rendition(name, "JPEG", width, height) for name, width, height in NAMED]
        for each in copies:
            made = picture(each.width, each.height, each.format)
            self.files[each.key] = made, f"image/{each.format.lower()}"
        here = [rendition(r.name, r.format, r.width, r.height, f"{self.url}/i/{r.key}") for r in copies]
        return Publication(
            image=IMAGE,
            page=f"{self.url}/i/{IMAGE}",
            renditions=tuple(here),
            alt="Photo of two people in Interlaken, Switzerland",
            place="Interlaken, Switzerland",
            spot=Spot(46.69, 7.86),
        )


@contextmanager
def site() -> Iterator[Site]:
    """The site for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Site(f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = Starlette(routes=[*static_routes(), Route("/i/{name:path}", made.answer)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join()
