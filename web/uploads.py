"""Tickets for the page's script: handed out, and what became of their files."""

from collections.abc import Callable
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import Transient, Unavailable, Unknown, Unsuitable
from pipeline.tickets import Form, Known, Ticket
from pipeline.visitors import Visitor
from web.visits import Visits

MOST = 10_000
"""Bytes of a request for a ticket."""


class Desk(Protocol):
    """Hands tickets out and takes files in; see ``pipeline.uploading.Desk``."""

    def hand_out(
        self, visitor: Visitor, name: str, type: str, size: int, image: str = ""
    ) -> tuple[Ticket, Form]:
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
    size: int = Field(ge=0, lt=1 << 50)
    image: str = ""


def routes(visits: Visits, desk: Desk) -> list[Route]:
    """The routes of ``/tickets``."""

    async def ask(request: Request) -> Response:
        body = await _read(request)
        issue = visits.call(lambda _, visitor: _issued(desk, visitor, body))
        return await run_in_threadpool(issue, request)

    def state(request: Request, visitor: Visitor) -> Response:
        return _told(_own(desk, request, visitor).became)

    def take(request: Request, visitor: Visitor) -> Response:
        known = _own(desk, request, visitor)
        return _told(known.became or desk.take(known.ticket.id))

    return [
        Route("/tickets", ask, methods=["POST"]),
        Route("/tickets/{id}", visits.call(_worded(state)), methods=["GET"]),
        Route("/tickets/{id}", visits.call(_worded(take)), methods=["POST"]),
    ]


async def _read(request: Request) -> bytes:
    """The body, no more than is looked at."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST:
                raise HTTPException(413, headers={"connection": "close"})
    except ClientDisconnect:
        raise HTTPException(400) from None
    return body


def _issued(desk: Desk, visitor: Visitor, body: bytes) -> Response:
    try:
        wanted = Wanted.model_validate_json(body)
        ticket, form = desk.hand_out(visitor, wanted.name, wanted.type, wanted.size, wanted.image)
    except ValidationError:
        return JSONResponse({"error": "A ticket needs name, type and size."}, 400)
    except Unsuitable as fault:
        return JSONResponse({"error": fault.words}, 409)
    except (Unavailable, Transient):
        return JSONResponse({"error": "Not possible at the moment."}, 503)
    said = {"id": ticket.id, "person": ticket.person, "expires": ticket.expires}
    return JSONResponse(said | {"url": form.url, "fields": form.fields}, 201)


def _own(desk: Desk, request: Request, visitor: Visitor) -> Known:
    """The ticket, for whom it was issued to alone. Raises ``Unknown``."""
    known = desk.find(request.path_params["id"])
    if known.ticket.person != visitor.id:
        raise Unknown
    return known


def _told(image: str) -> Response:
    return JSONResponse({"state": "taken" if image else "waiting", "image": image})


Answer = Callable[[Request, Visitor], Response]


def _worded(answer: Answer) -> Answer:
    def worded(request: Request, visitor: Visitor) -> Response:
        try:
            return answer(request, visitor)
        except Unknown:
            return JSONResponse({"error": "There is no such ticket of yours."}, 404)
        except (Unavailable, Transient):
            return JSONResponse({"error": "Not possible at the moment."}, 503)

    return worded
