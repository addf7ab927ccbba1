"""Reading a call's arguments and token out of an HTTP request.

Source: docs.slack.dev/apis/web-api: GET or POST, query, form or JSON; the token as bearer or argument.
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.model import Json
from sandbox.refusal import Refusal
from sandbox.strict_json import read_json


async def read_arguments(request: Request) -> Json:
    """The query's arguments, then the form's or JSON body's. Refusals: invalid_json, json_not_object."""
    arguments: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return arguments | _object(await request.body())
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            return arguments | {k: v for k, v in form.items() if not isinstance(v, UploadFile)}
    return arguments


def _object(body: bytes) -> Json:
    try:
        value = read_json(body or b"{}")
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(value, dict):
        raise Refusal("json_not_object")
    return value


def read_token(request: Request, arguments: Json) -> str:
    """The token, from the Authorization header or the argument `token`; empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    given = arguments.get("token")
    return given if isinstance(given, str) else ""
