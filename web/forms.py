"""Small forms, as browsers send them without a script (html.spec.whatwg.org, URL-encoded form data)."""

from urllib.parse import parse_qs

from starlette.requests import Request

LONGEST = 2_000
"""Bytes of a form."""
MOST = 10
"""Fields of a form."""


async def form(request: Request) -> dict[str, str]:
    """The fields, the last of each name; none of a body that is no form of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return {}
    try:
        read = parse_qs(body.decode("latin-1"), max_num_fields=MOST)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in read.items()}
