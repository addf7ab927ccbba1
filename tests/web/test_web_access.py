"""Who may see what is meant for operators."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from web.access import Access

TOKEN = "a löng secret"
HERE = "http://127.0.0.1:8080"


def asked(
    access: Access, headers: dict[str, str] | None = None, base: str = HERE, *, page: bool = False
) -> int:
    """The status of an answer."""

    def endpoint(_request: Request) -> Response:
        return PlainTextResponse("figures")

    guarded = (access.invite if page else access.guard)(endpoint)
    site = TestClient(Starlette(routes=[Route("/metrics", guarded)]), base)
    return site.get(
        "/metrics", headers=[(k.encode(), v.encode()) for k, v in (headers or {}).items()]
    ).status_code


def basic(words: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(words.encode()).decode()}"}


OWN, TOLD, STRANGER = Access(own=True), Access(TOKEN, own=True), Access()


@pytest.mark.parametrize("base", [HERE, "http://localhost:8080", "http://[::1]:8080", "http://127.0.0.7"])
def test_a_site_that_is_this_machines_own_needs_no_token(base: str) -> None:
    assert asked(OWN, base=base) == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Real-IP", "Via", "x-forwarded-proto"]
)
def test_what_a_proxy_passed_on_is_not_from_this_machine(header: str) -> None:
    assert asked(OWN, {header: "203.0.113.9"}) == 404


def test_a_foreign_name_for_this_machine_is_not_believed() -> None:
    assert asked(OWN, base="http://rebound.example:8080") == 404
    assert asked(OWN, {"Host": "rebound.example"}) == 404


def test_a_site_that_others_reach_shows_nothing_without_a_token() -> None:
    assert asked(STRANGER) == 404


@pytest.mark.parametrize("page", [False, True])
def test_the_token_opens_as_a_bearer_or_as_a_password_from_anywhere(page: bool) -> None:
    far = "https://pictures.example.org"
    for said in ({"Authorization": f"Bearer {TOKEN}"}, basic(f"prometheus:{TOKEN}"), basic(f":{TOKEN}")):
        assert asked(TOLD, said | {"X-Forwarded-For": "203.0.113.9"}, far, page=page) == 200


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Token {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Basic !!!"},
        basic(TOKEN),
        basic(f"{TOKEN}:"),
    ],
)
def test_with_a_token_nothing_else_opens_not_even_from_this_machine(said: dict[str, str]) -> None:
    assert asked(TOLD, said) == 404
    assert asked(TOLD, said, page=True) == 401


def test_a_browser_is_asked_for_the_token_only_where_there_is_one() -> None:
    assert asked(STRANGER, page=True) == 404


def test_a_refusal_looks_like_any_address_that_does_not_exist() -> None:
    app = Starlette(routes=[Route("/metrics", STRANGER.guard(lambda _request: PlainTextResponse("x")))])
    refused, missing = (TestClient(app).get(path) for path in ("/metrics", "/nothing"))
    assert (refused.status_code, refused.content) == (missing.status_code, missing.content)
    assert refused.headers == missing.headers


def test_the_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(TOLD)


@given(st.text(st.characters(min_codepoint=1, max_codepoint=255)))
def test_no_header_breaks_it_or_opens(said: str) -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "server": ("127.0.0.1", 80)}
    request = Request({**scope, "headers": [(b"authorization", said.encode("latin-1"))]})
    assert not Access("no such token is in any text").admits(request)
