"""Tickets for the page's script: handed out, and what became of their files."""

from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import Unavailable, Unknown, Unsuitable
from pipeline.tickets import Form, Known, Ticket
from pipeline.visitors import Visitor
from web.visits import Visits

MOST = 10_000
"""Bytes of a request for a ticket."""


class Desk(Protocol):
    """Hands tickets out and takes files in; see ``pipeline.uploading.Desk``."""

    def hand_out(self, person: str, name: str, type: str, size: int, image: str = "") -> tuple[Ticket, Form]:
        """A ticket for one file. Raises ``Unsuitable``."""

    def find(self, id: str) -> Known:
        """A ticket. Raises ``Unknown``."""

    def take(self, id: str) -> str:
        """Take in what lies under it; the image, or nothing."""


class Wanted(BaseModel):
    """What a ticket is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    type: str
    size: int
    image: str = ""


def routes(visits: Visits, desk: Desk) -> list[Route]:
    """The routes of ``/tickets``."""

    async def ask(request: Request) -> Response:
        body = await request.body()  # bounded by the server's own limits and looked at below
        return await _threaded(visits.call(lambda _, visitor: _issued(desk, visitor, body)), request)

    def took(request: Request, visitor: Visitor) -> Response:
        id = request.path_params["id"]
        try:
            known = desk.find(id)
            if known.ticket.person != visitor.id:
                raise HTTPException(404)
            return JSONResponse({"image": desk.take(id)})
        except Unknown:
            raise HTTPException(404) from None

    return [
        Route("/tickets", ask, methods=["POST"]),
        Route("/tickets/{id}", visits.call(took), methods=["POST"]),
    ]


async def _threaded(endpoint: Any, request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool

    found: Response = await run_in_threadpool(endpoint, request)
    return found


def _issued(desk: Desk, visitor: Visitor, body: bytes) -> Response:
    try:
        wanted = Wanted.model_validate_json(body[:MOST])
        ticket, form = desk.hand_out(visitor.id, wanted.name, wanted.type, wanted.size, wanted.image)
    except ValidationError:
        return JSONResponse({"error": "A ticket needs name, type and size."}, 400)
    except Unsuitable as fault:
        return JSONResponse({"error": fault.words}, 409)
    except Unavailable:
        return JSONResponse({"error": "Not possible at the moment."}, 503)
    said = {"id": ticket.id, "person": ticket.person, "expires": ticket.expires}
    return JSONResponse(said | {"url": form.url, "fields": form.fields}, 201)
