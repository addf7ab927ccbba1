"""A hostile or broken server hands out the file."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.api import api_url, trusts
from pipeline.adapters import download
from pipeline.adapters.download import fetch
from pipeline.errors import Misconfigured, Rejected
from pipeline.fetching import Interrupted, Refused, Wanted
from tests.bot.house import served

SEEN: list[tuple[str, str | None]] = []
TEXT = b"squeeze me " * 500
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 1000


async def answer(request: Request) -> Response:
    what = request.path_params["what"]
    SEEN.append((what, request.headers.get("authorization")))
    to = request.query_params.get("to", "")
    if what == "go":
        return RedirectResponse(to, 302)
    if what == "html":
        return Response("<html>Sign in</html>", media_type="text/html")
    if what == "sly":
        return Response("  <!DOCTYPE html><p>Sign in", media_type="application/octet-stream")
    if what == "endless":
        return StreamingResponse((b"x" * 65536 for _ in iter(int, 1)), media_type="image/png")
    if what == "short":
        return StreamingResponse(iter([PNG]), media_type="image/png", headers={"content-length": "5000"})
    if what == "chunks":
        return StreamingResponse(iter([PNG]), media_type="image/png")
    if what == "gzip":
        return Response(gzip.compress(TEXT), media_type="image/png", headers={"content-encoding": "gzip"})
    if what.isdigit():
        return Response("no", int(what), headers={"retry-after": "7"})
    return Response(PNG, media_type="image/png")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(Starlette(routes=[Route("/{what}", answer)])) as found:
        yield found


@pytest.fixture(autouse=True)
def forget() -> None:
    SEEN.clear()


@contextmanager
def fetched(url: str, size: int | None = None, base: str = "http://127.0.0.1:1/api/") -> Iterator[BinaryIO]:
    with fetch(Wanted(url, "xoxb-secret", 100_000, size), trusts(base)) as stream:
        yield stream


def test_a_file_comes_with_the_token_and_seekable(url: str) -> None:
    with fetched(f"{url}/file", len(PNG)) as stream:
        assert stream.read() == PNG
        stream.seek(0)
    assert SEEN == [("file", "Bearer xoxb-secret")]


def test_netrc_is_not_asked(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password hunter2")
    monkeypatch.setenv("NETRC", str(netrc))
    with fetched(f"{url}/file"):
        pass
    assert SEEN == [("file", "Bearer xoxb-secret")]


def test_a_redirect_within_the_host_is_followed(url: str) -> None:
    with fetched(f"{url}/go?to=/file") as stream:
        assert stream.read() == PNG


def test_another_origin_on_this_machine_never_sees_the_token(url: str) -> None:
    with served(Starlette(routes=[Route("/{what}", answer)])) as other, fetched(f"{url}/go?to={other}/file"):
        pass
    assert SEEN == [("go", "Bearer xoxb-secret"), ("file", None)]


@pytest.mark.parametrize(
    "to", ["https://slack.com/?redir=file", "https://slack.com.evil.example/", "file:///etc/passwd"]
)
def test_nobody_else_is_called_at_all(url: str, to: str) -> None:
    with pytest.raises(Refused) as caught, fetched(f"{url}/go?to={to}"):
        pass
    assert caught.value.location == to
    assert len(SEEN) == 1


def test_a_circle_of_redirects_ends(url: str) -> None:
    with pytest.raises(Refused), fetched(f"{url}/go?to=/go?to=/go"):
        pass
    assert len(SEEN) <= download.REDIRECTS + 1


@pytest.mark.parametrize("page", ["html", "sly"])
def test_a_page_is_no_picture(url: str, page: str) -> None:
    with pytest.raises(Refused), fetched(f"{url}/{page}"):
        pass


def test_more_than_allowed_is_not_read(url: str) -> None:
    with pytest.raises(Rejected, match="larger than"), fetched(f"{url}/endless"):
        pass


def test_less_than_promised_is_tried_again(url: str) -> None:
    with pytest.raises(Interrupted), fetched(f"{url}/short"):
        pass


def test_what_came_in_whole_is_whole_whatever_size_was_announced(url: str) -> None:
    for way in ("file", "chunks"):
        with fetched(f"{url}/{way}", 2000) as stream:
            assert stream.read() == PNG


def test_what_was_squeezed_on_the_way_is_not_measured_by_its_squeezed_length(url: str) -> None:
    with fetched(f"{url}/gzip", len(TEXT)) as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize(("lengths", "whole"), [([800, 1008], True), ([800, 800], True), ([800, 900], False)])
def test_what_nobody_measured_is_believed_when_it_comes_twice_alike(lengths: list[int], whole: bool) -> None:
    with dribbling(lengths) as address:
        if whole:
            with fetched(address, 1008) as stream:
                assert stream.read() == PNG[: lengths[-1]]
        else:
            with pytest.raises(Interrupted, match="Only 800 of 1008"), fetched(address, 1008):
                pass


@contextmanager
def dribbling(lengths: list[int]) -> Iterator[str]:
    """A server that sends so many bytes, without saying so, and hangs up."""
    left = iter(lengths)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG[: next(left)])

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x"
        server.shutdown()


def test_a_drip_is_cut_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "TOTAL", -1)
    with pytest.raises(Interrupted, match="took longer"), fetched(f"{url}/file"):
        pass


def test_nobody_there_is_tried_again() -> None:
    with pytest.raises(Interrupted), fetched("http://127.0.0.1:9/file"):
        pass


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_status_is_handed_on(url: str, status: int) -> None:
    with pytest.raises(Refused) as caught, fetched(f"{url}/{status}"):
        pass
    assert caught.value.status == status
    assert caught.value.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("https://files.slack.com/x", True),
        ("https://slack.com/x", True),
        ("https://downloads.slack-files.com/x", True),
        ("http://files.slack.com/x", False),
        ("https://evilslack.com/x", False),
        ("https://slack.com.evil.example/x", False),
        ("https://files.slack.com@evil.example/x", False),
        ("http://127.0.0.1/x", False),
        ("ftp://slack.com/x", False),
    ],
)
def test_only_slacks_hosts_are_trusted(address: str, trusted: bool) -> None:
    assert trusts("https://slack.com/api/")(address) is trusted


def test_a_slack_on_this_machine_is_trusted_when_the_api_is_there() -> None:
    assert trusts("http://127.0.0.1:8081/api/")("http://127.0.0.1:9999/file")
    assert not trusts("https://slack.com/api/")("http://127.0.0.1:9999/file")


@pytest.mark.parametrize(
    "address", ["http://slack.com/api", "http://10.0.0.1/", "ftp://127.0.0.1/", "slack.com", ""]
)
def test_a_plain_address_of_another_machine_is_refused(address: str) -> None:
    with pytest.raises(Misconfigured, match="SLACK_API_URL"):
        api_url(address)


@pytest.mark.parametrize(
    "address", ["http://localhost:1/api", "http://[::1]:1/api/", "https://slack.com/api"]
)
def test_an_address_ends_in_one_slash(address: str) -> None:
    assert api_url(address) == address.rstrip("/") + "/"


def test_the_token_is_in_no_repr(url: str) -> None:
    assert "xoxb-secret" not in repr(Wanted(url, "xoxb-secret", 1, None))
