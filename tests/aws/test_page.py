"""The function of the pages: events as Lambda sends them, answered as the web process does."""

from __future__ import annotations

import base64
import gzip
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import Headers

from loupe.cloud import entries_page
from loupe.cloud.page import LARGEST, Pages, pages
from loupe.settings import load
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.s3_store import S3Store
from pipeline.errors import Unavailable
from pipeline.model import Spot
from pipeline.publication import Publication
from tests.contract.storing import client_of
from tests.flow.publishing import House
from tests.servers.seaweed import BUCKET, Seaweed
from tests.web.serving import hold, published
from web import assets
from web.page import page
from web.public import NOTHING

EVENT: dict[str, Any] = json.loads((Path(__file__).parent / "events" / "function_url.json").read_text())
NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"
BROWSER = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A house with a public picture, and its image."""
    house, image = published(tmp_path_factory.mktemp("house"))
    yield house, image
    house.database.close()


@pytest.fixture
def here(stage: tuple[House, str]) -> Pages:
    house, _ = stage
    return pages(house.standings, house.public, page)


def asked(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    context = EVENT["requestContext"] | {
        "http": EVENT["requestContext"]["http"] | {"method": method, "path": path}
    }
    changed: dict[str, Any] = {
        "rawPath": path,
        "requestContext": context,
        "headers": EVENT["headers"] | named,
    }
    return EVENT | changed


def get(here: Pages, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    answer = here.answer(asked(path, method, **headers))
    json.dumps(answer)  # as Lambda does it
    assert list(answer) == ["statusCode", "headers", "body", "isBase64Encoded"]
    body = answer["body"]
    return (
        answer["statusCode"],
        answer["headers"],
        base64.b64decode(body) if answer["isBase64Encoded"] else body.encode(),
    )


def test_the_page_is_the_one_that_the_web_process_shows(here: Pages, stage: tuple[House, str]) -> None:
    _, image = stage
    status, headers, body = get(here, f"/i/{image}")
    same = here.files.answer("GET", f"/i/{image}", Headers({}))
    assert same.stream
    assert (status, headers, body) == (200, dict(same.headers), same.stream.read())
    assert b'<img src="http://127.0.0.1:8080/i/' in body
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert here.answer(asked(f"/i/{image}"))["isBase64Encoded"] is False
    again = get(here, f"/i/{image}", if_none_match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    shown = get(here, f"/i/{image}", "HEAD")
    assert (shown[0], shown[1]["content-length"], shown[2]) == (200, str(len(body)), b"")


def test_all_that_a_page_asks_for_besides_pictures_is_here(here: Pages, stage: tuple[House, str]) -> None:
    text = get(here, f"/i/{stage[1]}")[2].decode()
    wanted = [f"{assets.WHERE}/{asset.name}" for asset in assets.ASSETS.values() if asset.name in text]
    assert len(wanted) >= 3
    for path in wanted:
        status, headers, body = get(here, path)
        assert (status, headers["etag"][0]) == (200, '"')
        assert "immutable" in headers["cache-control"]
        assert body == assets._PATHS[path].content
        packed = get(here, path, accept_encoding="gzip, br")
        assert packed[1].get("content-encoding") == "gzip"
        assert gzip.decompress(packed[2]) == body
        assert get(here, path, if_none_match=headers["etag"])[0] == 304
        assert get(here, path, "HEAD")[2] == b""
        assert get(here, path, "POST")[0] == 404


@pytest.mark.parametrize(
    ("accept", "ending"), [(BROWSER, "avif"), ("image/webp,*/*", "webp"), ("*/*", "jpg"), ("", "jpg")]
)
def test_the_plain_address_of_a_picture_leads_to_the_file_that_suits_its_reader(
    here: Pages, stage: tuple[House, str], accept: str, ending: str
) -> None:
    house, image = stage
    status, headers, body = get(here, f"/i/{image}/s320", accept=accept)
    assert (status, body) == (302, b"")
    assert headers["vary"] == "Accept"
    assert headers["cache-control"] == "public, max-age=60"
    public = [urlsplit(each["url"]).path for each in house.report(image)["renditions"]]
    assert headers["location"] in public
    assert headers["location"].endswith(f".{ending}")


def test_one_answer_for_everything_that_is_not_to_be_seen(here: Pages, stage: tuple[House, str]) -> None:
    house, image = stage
    short = house.report(image)["short"]
    paths = [
        f"/i/{NEVER}",
        f"/i/{NEVER}/s320",
        f"/i/{image}/none",
        f"/i/{short}",
        "/i/",
        "/",
        "/i/../x",
        "/i/%2e",
        f"/i/{image}/",
        f"/i/{NEVER}/s320-0123456789abcdef.jpg",
        f"{assets.WHERE}/none.css",
    ]
    for path in paths:
        status, headers, body = get(here, path)
        assert (status, body) == (404, NOTHING)
        assert headers["cache-control"] == "no-store"
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert get(here, f"/i/{image}", method)[0] == get(here, f"/i/{image}/s320", method)[0] == 404


def test_what_is_held_is_gone_at_once(tmp_path: Path) -> None:
    house, image = published(tmp_path)
    here = pages(house.standings, house.public)
    tag = get(here, f"/i/{image}")[1]["etag"]
    hold(house, image)
    for path in (f"/i/{image}", f"/i/{image}/s320"):
        assert get(here, path, if_none_match=tag)[0] == 404
        assert get(here, path)[2] == NOTHING
    house.database.close()


class Broken:
    """A ledger that cannot be asked."""

    def publication(self, image: str) -> Publication | None:
        raise Unavailable("The table loupe answered ThrottlingException to Query.")


def test_a_ledger_that_does_not_answer_is_told_and_asked_again(
    stage: tuple[House, str], caplog: pytest.LogCaptureFixture
) -> None:
    here = pages(Broken(), stage[0].public)
    for path in (f"/i/{NEVER}", f"/i/{NEVER}/s320"):
        status, headers, body = get(here, path)
        assert (status, headers["retry-after"], b"table" in body) == (503, "10", False)
    assert "ThrottlingException" in caplog.text


def test_a_file_that_comes_this_way_comes_from_the_bucket_in_base64_with_its_time(
    stage: tuple[House, str], amazon: Seaweed
) -> None:
    """CloudFront asks the bucket for it; somebody who sent it here still gets it."""
    house, image = stage
    client = client_of(amazon)
    public = S3Store(BUCKET, "page/i/", connect=lambda: client)
    each = next(r for r in house.report(image)["renditions"] if r["format"] == "WEBP")
    key = urlsplit(each["url"]).path.removeprefix("/i/")
    with house.public.open(key) as stream:
        public.put(key, stream)
    status, headers, body = get(pages(house.standings, public), f"/i/{key}")
    assert (status, headers["content-type"], len(body)) == (200, "image/webp", each["bytes"])
    put = client.head_object(Bucket=BUCKET, Key=f"page/i/{key}")["LastModified"]
    assert headers["last-modified"] == put.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert get(pages(house.standings, public), f"/i/{key}", range="bytes=0-1")[0] == 206


def test_a_file_that_no_function_can_carry_is_told(
    stage: tuple[House, str], caplog: pytest.LogCaptureFixture
) -> None:
    house, image = stage
    key = f"{image}/s2560-0123456789abcdef.png"
    house.public.put(key, io.BytesIO(bytes(LARGEST + 1)))
    with caplog.at_level(logging.ERROR):
        status, headers, _ = get(pages(house.standings, house.public), f"/i/{key}")
    assert (status, headers["cache-control"]) == (503, "no-store")
    assert "CloudFront is to bring files from the bucket" in caplog.text
    house.public.delete(key)


def test_an_event_without_headers_is_answered(here: Pages, stage: tuple[House, str]) -> None:
    event = asked(f"/i/{stage[1]}")
    del event["headers"]
    assert here.answer(event)["statusCode"] == 200


@pytest.fixture
def on_aws(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of the function; its table is empty."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"LOUPE_TABLE": table.name, "LOUPE_STORE_BUCKET": "store",
                        "LOUPE_PUBLIC_BUCKET": "public", "LOUPE_DATA": str(tmp_path)}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("loupe.cloud.lines.start", lambda: None)
    entries_page._pages.cache_clear()
    yield
    entries_page._pages.cache_clear()


def test_the_function_asks_the_table_and_tells_nothing_of_what_is_not_in_it(on_aws: None) -> None:
    answer = entries_page.page(asked(f"/i/{NEVER}"), None)
    assert (answer["statusCode"], answer["body"]) == (404, NOTHING.decode())
    assert entries_page.page(asked(assets.address("page.css")), None)["statusCode"] == 200


def test_a_page_has_a_map_where_the_package_brings_an_index_of_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Publication("i", "http://x/i/i", (), "A picture", "Sofia", Spot(42.7, 23.32))
    plain, mapped = load(data=tmp_path), "<svg"
    if any(entries_page.SHARED.glob(entries_page.INDEX)):
        assert mapped in entries_page.writer(plain)(shown)
    monkeypatch.setattr(entries_page, "SHARED", tmp_path)
    assert mapped not in entries_page.writer(plain)(shown)
    assert "openstreetmap.org" in entries_page.writer(plain)(shown)
