"""A house whose public files are served over HTTP, by a real server on this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.applications import Starlette

from tests.flow.driving import eventually, work_off
from tests.flow.publishing import House, quickly
from web import public


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The app under an address of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            eventually(lambda: server.started)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def site(house: House, named: public.Named = public.nobody) -> Starlette:
    """The public files of a house."""
    return Starlette(routes=public.routes(house.standings, house.public, named))


def published(folder: Path) -> tuple[House, str]:
    """A house with one public picture; its image."""
    house = House(folder)
    image = house.enter()
    with quickly(house.taste):
        work_off(house.engine())
    return house, image


def hold(house: House, image: str) -> None:
    """Show the picture to nobody from now on."""
    house.taste.score = 95.0
    house.engine().replay(image, "detect_nudity")
    with quickly(house.taste):
        work_off(house.engine())
