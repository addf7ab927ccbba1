"""Public files over HTTP, asked for with requests and curl from a real server."""

import hashlib
import io
import logging
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.flow.publishing import House
from tests.web.serving import hold, published, served, site

LARGE = os.urandom(1_500_000)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str, str]]:
    """A house with a public picture, its image, and the site's address."""
    house, image = published(tmp_path_factory.mktemp("house"))
    house.store.put("originals/ab", io.BytesIO(b"the original"))
    with served(site(house)) as address:
        yield house, image, address


@pytest.fixture(scope="module")
def url(stage: tuple[House, str, str]) -> str:
    """A file of 1.5 MB."""
    house, image, address = stage
    key = f"{image}/s2560-{hashlib.sha256(LARGE).hexdigest()[:16]}.jpg"
    house.public.put(key, io.BytesIO(LARGE))
    return f"{address}/i/{key}"


def get(url: str, method: str = "GET", **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, url, headers=named, timeout=30, allow_redirects=False)


def test_every_address_in_the_report_answers_with_its_bytes_and_type(stage: tuple[House, str, str]) -> None:
    house, image, address = stage
    types = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif"}
    for each in house.report(image)["renditions"]:
        answer = get(address + urlsplit(each["url"]).path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, types[each["format"]])
        assert hashlib.sha256(answer.content).hexdigest()[:16] in each["url"]


def test_the_headers_let_anybody_embed_and_keep_it(url: str) -> None:
    answer = get(url)
    assert answer.content == LARGE
    assert answer.headers["content-length"] == str(len(LARGE))
    assert answer.headers["cache-control"] == "public, max-age=31536000, s-maxage=300, immutable"
    assert answer.headers["etag"] == f'"{hashlib.sha256(LARGE).hexdigest()[:16]}"'
    assert parsedate_to_datetime(answer.headers["last-modified"]).tzinfo
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert re.fullmatch(r'inline; filename="s2560-[0-9a-f]{16}\.jpg"', answer.headers["content-disposition"])
    assert "vary" not in answer.headers


def test_head_says_what_get_would_and_sends_nothing(url: str) -> None:
    whole, head = get(url), get(url, "HEAD")
    ours = {name: value for name, value in whole.headers.items() if name != "date"}
    assert {name: value for name, value in head.headers.items() if name != "date"} == ours
    assert (head.status_code, head.content) == (200, b"")


def test_head_knows_no_ranges(url: str) -> None:
    assert get(url, "HEAD", range="bytes=0-9").status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "behind"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=1400000-", 1_400_000, 1_500_000),
        ("bytes=-7", 1_499_993, 1_500_000),
        ("bytes=-99999999", 0, 1_500_000),
        ("bytes=1499999-99999999999999999999999999", 1_499_999, 1_500_000),
        ("Bytes = 0-0".replace(" ", ""), 0, 1),
    ],
)
def test_one_range_is_given(url: str, asked: str, first: int, behind: int) -> None:
    answer = get(url, range=asked)
    assert answer.status_code == 206
    assert answer.content == LARGE[first:behind]
    assert answer.headers["content-range"] == f"bytes {first}-{behind - 1}/1500000"
    assert answer.headers["content-length"] == str(behind - first)
    assert answer.headers["etag"] == get(url, "HEAD").headers["etag"]


@pytest.mark.parametrize("asked", ["bytes=1500000-", "bytes=1500000-1500001", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(url: str, asked: str) -> None:
    answer = get(url, range=asked)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */1500000"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,0-1", "bytes=0-1, 4-5", "bytes=5-2", "bytes=a-b", "bytes=", "bytes=-", "pages=0-1", "0-1",
     "bytes=" + ",".join(["0-"] * 900), "bytes=" + "9" * 5000 + "-"],
)  # fmt: skip
def test_any_other_range_gives_the_whole(url: str, asked: str) -> None:
    answer = get(url, range=asked)
    assert (answer.status_code, len(answer.content)) == (200, len(LARGE))


def test_two_range_headers_give_the_whole(url: str) -> None:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\nRange: bytes=0-1\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert line.makefile("rb").readline().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("condition", "status"),
    [("etag", 206), ("last-modified", 206), ("weak", 200), ('"other"', 200), ("yesterday", 200),
     ("Sun, 06 Nov 1994 08:49:37 GMT", 200)],
)  # fmt: skip
def test_a_range_is_given_of_the_same_bytes_alone(url: str, condition: str, status: int) -> None:
    known = get(url, "HEAD").headers
    value = f"W/{known['etag']}" if condition == "weak" else known.get(condition, condition)
    assert get(url, range="bytes=0-1", if_range=value).status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"a", {}, "b"', "*", 'W/"a",W/{}'])
def test_who_has_it_already_gets_304_without_bytes(url: str, method: str, form: str) -> None:
    whole = get(url)
    answer = get(url, method, if_none_match=form.format(whole.headers["etag"]))
    assert (answer.status_code, answer.content) == (304, b"")
    for name in ("etag", "cache-control", "last-modified", "access-control-allow-origin"):
        assert answer.headers[name] == whole.headers[name]
    assert "content-type" not in answer.headers


def test_who_has_an_older_one_gets_it_anew(url: str) -> None:
    when = get(url).headers["last-modified"]
    assert get(url, if_none_match='"other"').status_code == 200
    assert get(url, if_none_match='"other"', if_modified_since=when).status_code == 200
    assert get(url, if_none_match="not a tag", if_modified_since=when).status_code == 200
    assert get(url, if_modified_since="Sun, 06 Nov 1994 08:49:37 GMT").status_code == 200
    assert get(url, if_modified_since="nonsense").status_code == 200
    assert get(url, if_modified_since=when).status_code == 304
    assert get(url, if_modified_since=when, range="bytes=0-1").status_code == 304


def test_who_wants_another_one_and_no_other_is_told_so(url: str) -> None:
    tag = get(url).headers["etag"]
    assert get(url, if_match=f'"other", {tag}').status_code == 200
    assert get(url, if_match='"other"').status_code == 412
    assert get(url, if_match=f"W/{tag}").status_code == 412
    assert get(url, if_unmodified_since="Sun, 06 Nov 1994 08:49:37 GMT").status_code == 412


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_other_methods_find_nothing(url: str, method: str) -> None:
    assert get(url, method).status_code == 404


def test_curl_finds_its_way(url: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        assert os.environ.get("CI") != "true", "curl is missing: apt-get install curl"
        pytest.skip("curl is missing")
    half, tag = tmp_path / "half", tmp_path / "tag"
    half.write_bytes(LARGE[:700_000])
    told = ["curl", "-sS", "-w", "%{http_code}", "-o", str(half)]
    done = subprocess.run([*told, "-C", "-", url], capture_output=True, text=True, check=True)
    assert (done.stdout, half.read_bytes()) == ("206", LARGE)
    subprocess.run([*told, "--etag-save", str(tag), url], capture_output=True, check=True)
    done = subprocess.run(
        [*told, "--etag-compare", str(tag), url], capture_output=True, text=True, check=True
    )
    assert done.stdout == "304"


HOSTILE = [
    "/i", "/i/", "/i/x", "/i/{image}/", "/i//{image}", "/i/{image}/..", "/i/{image}/../{image}",
    "/i/../ledger.sqlite", "/i/{image}/../../ledger.sqlite", "/i/{image}/..%2f..%2fledger.sqlite",
    "/i/%2e%2e/%2e%2e/store/originals/ab", "/i/..%252f..%252fledger.sqlite", "/i/{file}.part", "/i/{file}/",
    "/i/{image}/../../store/originals/ab", "/i/originals/ab", "/i/{image}/originals", "/i/{file}%00",
    "/i/{file}%00.jpg", "/i/{file}%20", "/i/{file};x", "/i/{image}%2F{name}", "/i/{image}\\{name}",
    "/i/{image}/.{name}", "/I/{file}",
    "/i/" + "a" * 30_000, "/i/" + "../" * 3000 + "etc/passwd", "/i/%ff%fe", "/i/\xe4", "/i/{image}/s320.jpg",
    "/i/{image}/s320-0000000000000000.jpg", "/i/{image}/nothing", "/i/{upper}", "http://x/i/{file}", "*",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_nothing_else_can_be_reached_and_the_log_stays_silent(
    stage: tuple[House, str, str], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    house, image, address = stage
    file = next(iter(house.public.keys(image)))
    name = file.partition("/")[2]
    target = path.format(image=image, file=file, name=name, upper=image.upper())
    parts = urlsplit(address)
    caplog.set_level(logging.DEBUG, "loupe")
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = line.makefile("rb").read()
    assert answer.split(b" ")[1] in (b"404", b"400")
    assert b"original" not in answer
    assert "/i/" not in caplog.text


def test_an_address_may_have_a_query(url: str) -> None:
    assert get(f"{url}?again=1").status_code == 200


def test_what_is_held_cannot_be_told_from_what_never_was(tmp_path: Path) -> None:
    house, image = published(tmp_path)
    file = next(iter(house.public.keys(image)))
    other = image[:-1] + ("0" if image[-1] != "0" else "1")
    with served(site(house)) as address:
        assert get(f"{address}/i/{file}").status_code == 200
        hold(house, image)
        for there, never in (
            (file, file.replace(image, other)),
            (image, other),
            (f"{image}/w150", f"{other}/w150"),
        ):
            one, two = get(f"{address}/i/{there}"), get(f"{address}/i/{never}")
            assert (one.status_code, one.content) == (two.status_code, two.content)
            assert one.status_code == 404
            known = [{k: v for k, v in each.headers.items() if k != "date"} for each in (one, two)]
            assert known[0] == known[1]
            assert known[0]["cache-control"] == "no-store"
    house.database.close()


def test_a_ledger_that_cannot_be_asked_shows_nothing(tmp_path: Path) -> None:
    house, image = published(tmp_path)
    file = next(iter(house.public.keys(image)))
    house.database.close()
    ledger = tmp_path / "ledger.sqlite"
    for path in tmp_path.glob("ledger.sqlite*"):
        path.unlink()
    ledger.write_bytes(b"no ledger" * 1000)
    with served(site(house)) as address:
        answer = get(f"{address}/i/{file}")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "10"
        assert str(tmp_path) not in answer.text


def test_many_who_read_nothing_hold_up_nobody(url: str) -> None:
    parts = urlsplit(url)
    lines = [socket.create_connection((parts.hostname, parts.port)) for _ in range(40)]
    try:
        for line in lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert get(url).content == LARGE
    finally:
        for line in lines:
            line.close()
