"""What a phone gets from the site: a manifest in its language, the worker's script, pages for everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette

from loupe import visits as people
from loupe.ground import Ground, ground
from loupe.settings import load
from tests.web.serving import served
from web import assets, phone, words

BUCKET = "https://bucket.example.org"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return ground(load(data=tmp_path_factory.mktemp("phone")))


@pytest.fixture(scope="module")
def site(base: Ground) -> Iterator[str]:
    routes = [*phone.routes(people.visits(base), BUCKET), *assets.static_routes()]
    with served(Starlette(routes=routes)) as url:
        yield url


def get(url: str, **headers: str) -> requests.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=named, timeout=30, allow_redirects=False)


@pytest.mark.parametrize(("asked", "shortcut"), [("en", "My pictures"), ("de", "Meine Bilder")])
def test_the_manifest_is_in_the_readers_language(site: str, asked: str, shortcut: str) -> None:
    answer = get(f"{site}/manifest.webmanifest", accept_language=asked)
    assert answer.headers["content-type"] == "application/manifest+json"
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    assert answer.json()["lang"] == asked
    assert answer.json()["shortcuts"][1]["name"] == shortcut


def test_every_icon_of_the_manifest_is_there(site: str) -> None:
    icons = get(f"{site}/manifest.webmanifest").json()["icons"]
    assert {each["purpose"] for each in icons} == {"any", "maskable"}
    for icon in icons:
        answer = get(site + icon["src"])
        assert answer.headers["content-type"] == "image/png"
        width, height = int.from_bytes(answer.content[16:20]), int.from_bytes(answer.content[20:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_pictures_can_be_shared_with_it(site: str) -> None:
    said = get(f"{site}/manifest.webmanifest").json()["share_target"]
    assert (said["action"], said["method"], said["enctype"]) == ("/share", "POST", "multipart/form-data")
    (files,) = said["params"]["files"]
    assert files["name"] == "photos"
    assert {"image/*", ".heic"} <= set(files["accept"])


def test_the_worker_may_serve_the_whole_site_and_is_asked_for_each_time(site: str) -> None:
    answer = get(f"{site}/sw.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_the_worker_may_reach_the_bucket_and_nobody_else(site: str) -> None:
    for path in ("sw.js", "offline"):
        policy = get(f"{site}/{path}").headers["content-security-policy"]
        assert f"connect-src 'self' {BUCKET};" in policy
        assert policy.startswith("default-src 'none'; script-src 'self';")


def test_all_that_the_worker_keeps_is_there_and_public(site: str) -> None:
    known = json.loads(re.findall(r"serve\((.*)\);", phone.script())[0])
    assert known["version"].startswith("site-")
    assert len(known["shell"]) > 5
    for path in known["shell"]:
        assert "public" in get(site + path).headers["cache-control"]


def test_a_changed_file_is_a_new_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = phone.script()
    for path in (assets.FOLDER / "site").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "site.css").write_text("/* other */")
    monkeypatch.setattr(assets, "SITE", assets._bundle(tmp_path))
    assert phone.script() != before


def test_the_page_for_no_network_has_all_it_needs_among_what_is_kept(site: str) -> None:
    needed = re.findall(r'(?:src|href)="(/i/static/[^"]+\.(?:js|css))"', get(f"{site}/offline").text)
    kept = json.loads(re.findall(r"serve\((.*)\);", phone.script())[0])["shell"]
    assert needed
    assert set(needed) <= set(kept)


def test_nobody_is_told_to_be_somebody(site: str) -> None:
    answer = get(f"{site}/who")
    assert answer.json() == {"person": ""}
    assert answer.headers["cache-control"] == "no-store"


def test_whoever_is_signed_in_is_told_their_own_id(site: str, base: Ground) -> None:
    visits, known = people.visits(base), people.visitors(base)
    visitor = known.by_link(known.ask("ana@example.org", "127.0.0.1").token)
    assert visitor
    cookie = f"{visits.cookie}={visits.cookie_for(visitor)}"
    assert get(f"{site}/who", cookie=cookie).json() == {"person": visitor.id}


def test_what_is_shared_without_a_worker_gets_an_honest_page(site: str) -> None:
    answer = requests.post(f"{site}/share", files={"photos": b"GIF89a"}, timeout=30)
    assert "These pictures did not arrive" in answer.text


def test_both_languages_have_the_same_words() -> None:
    said = {language: words.LANGUAGES[language].part("phone") for language in ("en", "de")}
    assert said["en"].keys() == said["de"].keys()
