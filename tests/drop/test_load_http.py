"""The load program over HTTP, against a site and a worker as processes of their own."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loupe import visits as people
from loupe.loading_http import session
from pipeline.adapters.upload_client import Handed, UploadClient
from pipeline.errors import Unavailable
from tests.browser.upload_site import UploadSite, upload_site
from tests.cli.running import loupe
from tests.drop.places import picture


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with upload_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small ones, and files that are refused with a report, so that looking at them takes no time."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(2):
        picture(folder / f"{number}.png", number * 40)
    for number in range(3):
        (folder / f"notes{number}.txt").write_text(f"This is not a picture: {number}.")
    return folder


def test_fifty_files_are_fifty_settled_reports_with_their_hashes(site: UploadSite, pictures: Path) -> None:
    given: list[str | Path] = [
        "--to",
        "http",
        "--count",
        "50",
        "--concurrency",
        "8",
        "--data",
        site.data,
        "--url",
        site.url,
    ]
    ended = loupe("load", pictures, *given, "--json")
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)
    assert (found["sent"], found["settled"], found["differences"], found["errors"]) == (50, 50, {}, {})
    assert 0 < found["upload"]["p50"] <= found["upload"]["p99"]
    assert found["upload_to_settled"]["p50"] > 0
    assert len(site.base.catalog.newest(100)) == 50


def test_files_as_they_are_become_one_image_each_however_often_they_come(
    site: UploadSite, pictures: Path
) -> None:
    before = len(site.base.catalog.newest(1000))
    given: list[str | Path] = [
        "--to",
        "http",
        "--count",
        "12",
        "--same",
        "--data",
        site.data,
        "--url",
        f"{site.url}/",
    ]
    ended = loupe("load", pictures, *given)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.startswith("12 sent, 5 settled, 0 differences, ")
    assert ended.stdout.endswith("Errors: none\nDifferences: none\n")
    assert len(site.base.catalog.newest(1000)) - before == 5


def test_a_site_elsewhere_is_asked_for_what_it_tells_whoever_signed_in(
    site: UploadSite, pictures: Path, tmp_path: Path
) -> None:
    visitor = people.invitations(site.base).of_slack("T1", "U1")
    cookie = tmp_path / "cookie"
    cookie.write_text(session(site.base, visitor) + "\n")
    given: list[str | Path] = ["--to", "http", "--count", "14", "--cookie", cookie, "--url", site.url]
    ended = loupe("load", pictures, *given)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.startswith("14 sent, 14 settled, 0 differences, ")
    assert not (tmp_path / "data").exists()


def test_failures_are_counted_by_kind_and_end_with_status_1(pictures: Path, tmp_path: Path) -> None:
    given: list[str | Path] = [
        "--to",
        "http",
        "--count",
        "3",
        "--data",
        tmp_path / "data",
        "--url",
        "http://127.0.0.1:9",
    ]
    ended = loupe("load", pictures, *given)
    assert ended.exit_code == 1
    assert "0 sent, 0 settled, 0 differences" in ended.stdout
    assert "Errors: 3 x ticket: ConnectionError" in ended.stdout


def test_pictures_are_drawn_where_none_are_named(tmp_path: Path) -> None:
    given: list[str | Path] = ["--to", "http", "--count", "2", "--data", tmp_path / "data"]
    ended = loupe("load", *given, "--url", "http://127.0.0.1:9")
    assert ended.exit_code == 1
    assert "Errors: 2 x ticket: ConnectionError" in ended.stdout


def test_who_is_not_signed_in_is_told(site: UploadSite, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "cookie").write_text("loupe=nobody")
    given: list[str | Path] = [
        "--to",
        "http",
        "--count",
        "1",
        "--cookie",
        tmp_path / "cookie",
        "--url",
        site.url,
    ]
    ended = loupe("load", pictures, *given)
    assert ended.exit_code == 1
    assert "401" in ended.output


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (409, b'{"error": "You have sent too much."}', "ticket: 409 You have sent too much."),
        (503, b"<Error><Code>SlowDown</Code></Error>", "ticket: 503 SlowDown"),
        (500, b"oh", "ticket: 500 Internal Server Error"),
        (302, b"", "ticket: 302 Found"),
        (200, b"no json", "ticket: an answer that is no JSON"),
    ],
)
def test_what_a_site_answers_becomes_a_kind_of_failure(status: int, body: bytes, kind: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.send_header("location", "/in")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        client = UploadClient(f"http://127.0.0.1:{server.server_port}", "loupe=1")
        with pytest.raises(Unavailable) as fault:
            client.ticket("a.png", "image/png", 10)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert fault.value.words == kind


def test_the_cookie_goes_to_the_site_alone() -> None:
    """The file's form may go to a bucket of somebody else's."""
    sent = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            sent.append(self.headers.get("cookie"))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        bucket = f"http://127.0.0.1:{server.server_port}/bucket"
        UploadClient("http://127.0.0.1:9", "loupe=1").send(
            Handed("i", bucket, {"key": "i"}), 3, io.BytesIO(b"abc")
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert sent == [None]
