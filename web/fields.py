"""Forms as they come in: every value of every field, from a body that is bounded."""

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_BYTES, MOST_FIELDS = 20_000, 300
Fields = dict[str, list[str]]


async def fields(request: Request) -> Fields:
    """The fields of a posted form (application/x-www-form-urlencoded). Raises 413 where it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    try:
        return parse_qs(body.decode("ascii", "replace"), max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        raise HTTPException(413) from None


def one(given: Fields, name: str) -> str:
    """The first value of a field; empty where there is none."""
    return given.get(name, [""])[0].strip()
