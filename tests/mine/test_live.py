"""The stream over HTTP: who may open it, how many, and when it ends."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from pipeline.adapters.sqlite_watch import SqliteWatch
from pipeline.visitors import Visitor
from tests.browser.upload_site import UploadSite
from tests.mine.album import Album
from tests.web.serving import served
from web import live
from web.looker import Looker

PATIENCE = 60.0


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def site(album: Album) -> Starlette:
    looker = Looker(SqliteWatch(album.base.database, album.base.catalog), 0.01)
    return Starlette(routes=[live.route(album.visits, looker)])


def cookie(album: Album, visitor: Visitor) -> dict[str, str]:
    return {"cookie": album.cookie(visitor)}


@contextmanager
def stream(url: str, headers: dict[str, str]) -> Iterator[HTTPResponse]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", "/live", headers=headers)
        yield connection.getresponse()
    finally:
        connection.close()


def event(answer: HTTPResponse) -> tuple[str, Any]:
    """The next event, passing comments over."""
    name = ""
    while line := answer.readline().decode().rstrip("\r\n") or " ":
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))
    raise AssertionError


def test_the_stream_brings_reports_as_events(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana)
    with served(site(album)) as url, stream(url, cookie(album, ana)) as answer:
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        name, report = event(answer)
        assert (name, report["id"], report["state"]) == ("image", image, "done")


@pytest.mark.parametrize("headers", [{}, {"cookie": "loupe=V0123.made.up"}])
def test_nobody_listens_who_is_not_signed_in(album: Album, headers: dict[str, str]) -> None:
    with served(site(album)) as url, stream(url, headers) as answer:
        assert answer.status == 401


def test_one_person_has_a_few_streams_open_and_a_place_becomes_free_again(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    album.picture(ana)
    with served(site(album)) as url:
        with ExitStack() as open_ones:
            for _ in range(live.STREAMS):
                event(open_ones.enter_context(stream(url, cookie(album, ana))))
            with stream(url, cookie(album, ana)) as one_more:
                assert one_more.status == 429
            with stream(url, cookie(album, bob)) as another:
                assert another.status == 200
        until = time.monotonic() + PATIENCE
        status = 429
        while status == 429 and time.monotonic() < until:
            with stream(url, cookie(album, ana)) as again:
                status = again.status
        assert status == 200


def test_the_process_has_an_end_of_streams_too(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ALL", 1)
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    with (
        served(site(album)) as url,
        stream(url, cookie(album, ana)),
        stream(url, cookie(album, bob)) as one_more,
    ):
        assert (one_more.status, one_more.headers["retry-after"]) == (503, "60")


def test_the_stream_ends_when_the_visitor_is_gone(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AGAIN", 0.05)
    ana = album.visitor()
    album.picture(ana)
    with served(site(album)) as url, stream(url, cookie(album, ana)) as answer:
        event(answer)
        album.visits.sessions.end_all(ana)
        assert b"event" not in answer.read()


def test_a_quiet_stream_has_a_heartbeat(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.05)
    with served(site(album)) as url, stream(url, cookie(album, album.visitor())) as answer:
        assert answer.readline().startswith(b": ping")


def test_the_server_stops_at_once_with_streams_open(tmp_path: Path) -> None:
    site = UploadSite(tmp_path, free_port())
    album = Album(tmp_path, site.port)
    ana = album.visitor()
    album.picture(ana)
    try:
        site.start_web()
        with ExitStack() as open_ones:
            for _ in range(3):
                event(open_ones.enter_context(stream(site.url, cookie(album, ana))))
            web = site.parts["web"]
            web.send_signal(signal.SIGTERM)
            assert web.wait(PATIENCE) in (0, -signal.SIGTERM)
        assert "Cancel" not in site.log()
        assert "Traceback" not in site.log()
    finally:
        site.stop()
