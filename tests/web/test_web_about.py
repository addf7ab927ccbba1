"""The page about an image: its headers, what it shows, and who is led to it by a short id."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from loupe.commands.web import web
from loupe.ground import ground
from loupe.settings import load
from pipeline.model import Rendition
from pipeline.publication import Publication
from tests.flow.publishing import House
from tests.web.serving import hold, published, served, site
from web.about import about, plain

IMAGE = "0190a0a0-0000-7000-8000-000000000001"


def rendition(url: str) -> Rendition:
    return Rendition("s320", 320, 240, "JPEG", 9, 99, "", "", 80, 77.0, True, f"{IMAGE}/s320.jpg", "", url)


def publication(*urls: str, alt: str = "Big Ben") -> Publication:
    return Publication(IMAGE, f"http://x/i/{IMAGE}", tuple(map(rendition, urls)), alt, None, None)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[House, str]]:
    house, image = published(tmp_path)
    yield house, image
    house.database.close()


def get(url: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=named, timeout=30, allow_redirects=False)


def test_the_page_is_served_safely_and_shortly(stage: tuple[House, str]) -> None:
    house, image = stage
    with served(site(house)) as address:
        answer = get(f"{address}/i/{image}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=60"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; img-src 'self' http://127.0.0.1:8080; ")
        assert "unsafe" not in policy
        assert get(f"{address}/i/{image}", if_none_match=answer.headers["etag"]).status_code == 304
        hold(house, image)
        assert get(f"{address}/i/{image}", if_none_match=answer.headers["etag"]).status_code == 404


def test_pictures_may_come_from_where_they_are_published_and_nowhere_else() -> None:
    content = about(
        publication("https://cdn.example/i/a", "https://b.example/i/b", "https://cdn.example/c"), ""
    )
    wanted = "img-src 'self' https://b.example https://cdn.example;"
    assert wanted in content.headers["content-security-policy"]


def test_another_page_has_another_tag() -> None:
    one, two = (about(publication("http://x/i/a"), text) for text in ("one", "two"))
    assert one.etag != two.etag


def test_the_plain_page_shows_the_picture_its_addresses_and_the_markup() -> None:
    page = plain(publication("http://x/i/a", alt='"><script>alert(1)</script>'))
    assert '<img src="http://x/i/a"' in page
    assert '<a href="http://x/i/a">s320</a>' in page
    assert "&lt;img src=" in page
    assert "<script" not in page


SHORT = re.compile(r"IMG-\w{4,}")


def short_of(house: House, image: str) -> str:
    found = house.report(image)["short"]
    assert SHORT.fullmatch(found)
    return str(found)


@pytest.mark.parametrize("typed", [str, str.lower, lambda short: short.removeprefix("IMG-")])
def test_on_this_machine_a_short_id_leads_to_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: type[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    house, image = published(tmp_path)
    with served(web(load(data=tmp_path))) as address:
        answer = get(f"{address}/i/{typed(short_of(house, image))}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/i/{image}")
        assert answer.headers["cache-control"] == "no-store"
        assert requests.get(answer.url, timeout=30).status_code == 200
        assert get(f"{address}/i/IMG-ZZZZ").status_code == 404
        hold(house, image)
        held, never = get(answer.url), get(f"{address}/i/IMG-ZZZZ")
        assert (held.status_code, held.content) == (never.status_code, never.content) == (404, held.content)
    house.database.close()


@pytest.mark.parametrize("setting", [{"public_url": "https://x.example"}, {"host": "0.0.0.0"}])
def test_where_others_can_reach_the_site_short_ids_lead_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    house, image = published(tmp_path)
    with served(web(load(data=tmp_path, **setting))) as address:
        assert get(f"{address}/i/{image}").status_code == 200
        there, never = get(f"{address}/i/{short_of(house, image)}"), get(f"{address}/i/IMG-ZZZZ")
        assert (
            (there.status_code, there.content) == (never.status_code, never.content) == (404, there.content)
        )
    house.database.close()


def test_health_is_served_beside_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = ground(load(data=tmp_path))
    with served(web(base.settings)) as address:
        assert get(f"{address}/healthz").json() == {"ok": True}
        ready = get(f"{address}/readyz").json()
        assert (ready["ok"], ready["waiting"], ready["parked"]) == (True, 0, 0)
    base.database.close()
