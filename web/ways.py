"""Where people go after signing in: paths of this site, nothing that a browser could take for another's."""

import re
from urllib.parse import urlencode

from starlette.requests import Request

HOME = "/"
OURS = re.compile(r"/(?:[A-Za-z0-9_-]{1,64}(?:/[A-Za-z0-9_-]{1,64})?)?(?:\?original=[A-Za-z0-9-]{1,40})?")
"""At most two plain names and an image: no host, no scheme, no backslash, no dot, nothing encoded."""


def ours(said: str) -> str:
    """The path, if it is one of ours; else the first page."""
    return said if OURS.fullmatch(said) else HOME


def here(request: Request) -> str:
    """The page that was asked for, as a way back to it."""
    query = request.url.query
    return ours(request.url.path + (f"?{query}" if query else ""))


def sign_in(request: Request) -> str:
    """The page to sign in, which leads back to the one that was asked for."""
    back = here(request) if request.method == "GET" else HOME
    return "/in" if back == HOME else f"/in?{urlencode({'next': back})}"
