"""What the page's script asks for: tickets, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from loupe import site, uploads
from loupe import visits as people
from loupe.ground import Ground
from pipeline.errors import Unavailable
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from tests.door.counter import drawn, opened
from web import uploads as tickets

HERE = "http://127.0.0.1:8080"
WANTED = {"name": "a.png", "type": "image/png", "size": 1000}


@pytest.fixture
def base(tmp_path: Path) -> Ground:
    return opened(tmp_path)


@pytest.fixture
def desk(base: Ground) -> Desk:
    return uploads.desk(base)


@pytest.fixture
def app(base: Ground, desk: Desk) -> Starlette:
    return Starlette(routes=[*tickets.routes(people.visits(base), desk), *site.doors(base, desk)])


def let_in(app: Starlette, base: Ground, mailbox: str) -> TestClient:
    known, visits = people.visitors(base), people.visits(base)
    visitor = known.by_link(known.ask(mailbox, "127.0.0.1").token)
    assert isinstance(visitor, Visitor)
    client = TestClient(app, HERE, headers={"origin": HERE})
    client.cookies.set(visits.cookie, visits.cookie_for(visitor))
    return client


@pytest.fixture
def ana(app: Starlette, base: Ground) -> Iterator[TestClient]:
    with let_in(app, base, "ana@example.org") as client:
        yield client


def test_a_ticket_is_issued_used_and_told_of(ana: TestClient, base: Ground) -> None:
    issued = ana.post("/tickets", json=WANTED)
    assert issued.status_code == 201
    told = issued.json()
    assert (told["url"], told["fields"]["Content-Type"]) == ("/upload", "image/png")
    where = f"/tickets/{told['id']}"
    assert ana.get(where).json() == ana.post(where).json() == {"state": "waiting", "image": ""}
    sent = ana.post(told["url"], data=told["fields"], files={"file": ("x.png", drawn(), "image/png")})
    assert sent.status_code == 204
    image = base.catalog.newest(1)[0].image
    assert ana.get(where).json() == ana.post(where).json() == {"state": "taken", "image": image}


def test_a_ticket_is_told_of_to_nobody_else(ana: TestClient, app: Starlette, base: Ground) -> None:
    where = f"/tickets/{ana.post('/tickets', json=WANTED).json()['id']}"
    ben = let_in(app, base, "ben@example.org")
    for client, status in ((ben, 404), (TestClient(app, HERE, headers={"origin": HERE}), 401)):
        assert client.get(where).status_code == client.post(where).status_code == status
    assert ben.get("/tickets/nothing").json() == ben.get(where).json()


def test_who_is_not_signed_in_gets_no_ticket(app: Starlette, ana: TestClient) -> None:
    assert TestClient(app, HERE, headers={"origin": HERE}).post("/tickets", json=WANTED).status_code == 401
    assert ana.post("/tickets", json=WANTED, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b'{"name": "a", "type": "b"}',
        b'{"name": "a", "type": "b", "size": "5"}',
        b'{"name": "a", "type": "b", "size": -5}',
        b'{"name": "a", "type": "b", "size": 1e3}',
        b'{"name": "a", "type": "b", "size": 99999999999999999999999}',
        b'{"name": "a", "type": "b", "size": 5, "person": "V1"}',
        b"[" * 9_000,
        b"\xff\xfe",
    ],
    ids=range(11),
)
def test_a_request_that_makes_no_sense_is_refused(ana: TestClient, body: bytes) -> None:
    answer = ana.post("/tickets", content=body)
    assert (answer.status_code, answer.json()) == (400, {"error": "A ticket needs name, type and size."})


def test_a_long_request_is_refused_before_it_is_read(ana: TestClient) -> None:
    assert ana.post("/tickets", content=b" " * 10_001).status_code == 413


def test_what_cannot_be_had_is_told_in_words(ana: TestClient) -> None:
    large = ana.post("/tickets", json=WANTED | {"size": 30_000_001})
    assert (large.status_code, "are taken" in large.json()["error"]) == (409, True)
    other = ana.post("/tickets", json=WANTED | {"image": "IMG-7F3K"})
    assert (other.status_code, other.json()) == (409, {"error": "You have no such picture."})


def test_a_ledger_that_fails_is_told_as_not_now(
    ana: TestClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"/tickets/{ana.post('/tickets', json=WANTED).json()['id']}"

    def broken(*_: object) -> None:
        raise Unavailable("The disk is gone.")

    for name in ("find", "issue"):
        monkeypatch.setattr(desk.tickets, name, broken)
    for answer in (ana.get(where), ana.post(where), ana.post("/tickets", json=WANTED)):
        assert (answer.status_code, answer.json()) == (503, {"error": "Not possible at the moment."})
