"""The pages over HTTP: whose they are, what they say, and that nothing anybody types breaks them."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline.model import Earlier, Source
from pipeline.results import Archived, Failed, Metadata, Placed, Removed, Result
from pipeline.visitors import Visitor
from tests.mine.album import HELD, REJECTED, REVIEW, Album
from web.mine import PAGE

NOWHERE: dict[str, Result] = {
    "read_metadata": Metadata(no_location="The file says nothing about it."),
    "find_place": Placed(None, None, None),
}
ROUTES = [
    ("GET", "/mine/{}"),
    ("GET", "/mine/{}/findings"),
    ("GET", "/mine/{}/original"),
    ("HEAD", "/mine/{}/original"),
    ("GET", "/mine/{}/place"),
    ("POST", "/mine/{}/place"),
    ("POST", "/mine/{}/restore"),
    ("GET", "/mine/{}/erase"),
    ("POST", "/mine/{}/erase"),
]
ALL = [("GET", "/mine"), ("GET", "/places"), ("GET", "/mine/erase"), ("POST", "/mine/erase"), *ROUTES]


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def short(album: Album, image: str) -> str:
    found = album.base.catalog.find(image)
    assert found
    return found.short


def ask(client: TestClient, method: str, path: str) -> tuple[int, str]:
    answer = client.request(method, path, follow_redirects=False)
    return answer.status_code, answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_belongs_to_others_is_answered_as_what_does_not_exist(
    album: Album, method: str, path: str
) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    posted = album.shown(Source("slack", "a.jpg", "F1", team="T1", channel="C1", person="U1"))
    images = [album.shown(ana), posted]
    client = album.client(bob)
    unknown = ask(client, method, path.format("IMG-0000"))
    assert unknown[0] == 404
    for image, name in product(images, (str, lambda image: short(album, image))):
        assert ask(client, method, path.format(name(image))) == unknown  # type: ignore[operator]
    assert all(album.base.catalog.find(image) for image in images)


@pytest.mark.parametrize(("method", "path"), ALL)
def test_nobody_gets_anything_who_is_not_signed_in(album: Album, method: str, path: str) -> None:
    image = album.shown(album.visitor())
    answer = album.client().request(method, path.format(image), follow_redirects=False)
    assert answer.status_code in (303, 401)
    assert image not in answer.text
    assert album.base.catalog.find(image)


@pytest.mark.parametrize(("method", "path"), [each for each in ALL if each[0] == "POST"])
def test_nothing_is_done_for_a_page_of_another_site(album: Album, method: str, path: str) -> None:
    ana = album.visitor()
    image = album.shown(ana)
    client = album.client(ana)
    client.headers["origin"] = "https://elsewhere.example"
    assert client.request(method, path.format(image), data={"image": image}).status_code == 403
    assert album.base.catalog.find(image)


def test_who_came_from_slack_sees_what_they_posted_and_is_offered_the_original(album: Album) -> None:
    eve = album.of_slack("T1", "U1")
    source = Source("slack", "a.jpg", "F1", team="T1", channel="C1", person="U1")
    image = album.picture(source, **NOWHERE)
    page = album.client(eve).get(f"/mine/{image}")
    assert page.status_code == 200
    assert f"/?original={short(album, image)}" in page.text
    assert "posted in Slack" in page.text


def test_the_page_says_everything(album: Album) -> None:
    ana = album.visitor()
    image = album.shown(ana)
    page = album.client(ana).get(f"/mine/{short(album, image)}").text
    for words in (
        "No nudity was seen", "1 face", "25 July 2018, 16:34 UTC+02:00", "Google Pixel 2", "JPEG, 320 × 240",
        "Embrun, Provence-Alpes-Côte d&#39;Azur, France", "openstreetmap.org", f"/i/{image}/s320",
        "&lt;picture&gt;", "Look for faces", "12 ms", "15 of 15", "89 % less", "on the left, 20 % of",
    ):  # fmt: skip
        assert words in page, words
    assert "/place" not in page


def test_the_page_speaks_german(album: Album) -> None:
    ana = album.visitor()
    image = album.shown(ana)
    client = album.client(ana)
    client.headers["accept-language"] = "de"
    page = client.get(f"/mine/{image}").text
    assert '<html lang="de">' in page
    assert "25. Juli 2018, 16:34 Uhr UTC+02:00" in page
    assert "kB" in page
    assert "Nach Gesichtern sehen" in page


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (HELD, "waits for a moderator"),
        (REVIEW, "A moderator will look at it first"),
        (REJECTED, "This is not a picture."),
        ({"detect_faces": Failed("The detector broke.")}, "The detector broke."),
    ],
    ids=["held", "review", "rejected", "failed"],
)
def test_the_owner_reads_how_it_stands(album: Album, own: dict[str, Result], words: str) -> None:
    ana = album.visitor()
    image = album.picture(ana, **own)
    page = album.client(ana).get(f"/mine/{image}").text
    assert words in page
    assert "/i/" not in re.sub(r"/i/static", "", page)


def test_names_are_shown_and_never_run(album: Album) -> None:
    ana = album.visitor()
    evil = '"><script>alert(1)</script>\u202egnp.jpg'
    image = album.picture(ana, evil)
    client = album.client(ana)
    for path in ("/mine", f"/mine/{image}", f"/mine/{image}/erase"):
        assert "<script>alert" not in client.get(path).text


def test_a_gallery_of_many_has_pages(album: Album) -> None:
    ana = album.visitor()
    images = [album.enter(ana) for _ in range(PAGE + 3)]
    client = album.client(ana)
    first = client.get("/mine?faces=none&verdict=waiting")
    assert first.text.count("<li data-image") == 0
    first = client.get("/mine?verdict=waiting")
    assert first.text.count("<li data-image") == PAGE
    [older] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = client.get(older.replace("&amp;", "&"))
    assert re.findall(r'data-image="([^"]+)"', second.text) == images[2::-1]
    assert 'rel="next"' not in second.text
    assert "Newest pictures" in second.text


def test_pictures_that_are_not_published_are_shown_by_their_original_where_browsers_can(
    album: Album,
) -> None:
    ana = album.visitor()
    data = album.keep(b"\xff\xd8 bytes", "JPEG", 1, 1)
    plain, heic = (
        album.picture(ana, **HELD),
        album.picture(ana, **HELD | {"accept_image": album.keep(b"h", "HEIF", 1, 1)}),
    )
    archived = album.picture(
        ana,
        **HELD
        | {
            "accept_image": data,
            "archive_original": Archived("k", 1, album.now),
            "remove_original": Removed(1),
        },
    )
    page = album.client(ana).get("/mine").text
    assert f'src="/mine/{short(album, plain)}/original"' in page
    assert f'src="/mine/{short(album, heic)}/original"' not in page
    assert f'src="/mine/{short(album, archived)}/original"' not in page
    assert page.count('class="none"') == 2


def test_the_page_of_an_image_somebody_else_had_first_does_not_say_so(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    first = album.base.catalog.find(album.picture(bob))
    assert first
    earlier = Earlier(first.image, first.short, first.entered_at, first.source)
    accepted = replace(album.keep(b"x", "JPEG", 1, 1), duplicate_of=earlier)
    image = album.picture(ana, accept_image=accepted)
    page = album.client(ana).get(f"/mine/{image}").text
    assert first.short not in page
    assert bob.id not in page


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    album = Album(tmp_path_factory.mktemp("asked"))
    ana: Visitor = album.visitor()
    album.shown(ana)
    album.enter(ana)
    return album.client(ana)


ANY = st.text(max_size=40) | st.sampled_from(
    ["2026-02-30", "0000-01-01", "9999-12-31", "' OR 1=1 --", "3", "held"]
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=st.dictionaries(
        st.sampled_from(["place", "since", "until", "faces", "verdict", "before"]), ANY
    )
)
def test_no_search_ends_in_an_error(asked: TestClient, parameters: dict[str, str]) -> None:
    query = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in parameters.items())
    assert asked.get(f"/mine?{query}").status_code == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=60))
def test_no_name_ends_in_an_error(asked: TestClient, name: str) -> None:
    path = quote(name, safe="", errors="replace")
    for tail in ("", "/original", "/findings"):
        assert asked.get(f"/mine/{path}{tail}").status_code in (200, 404, 405)


def test_a_day_that_is_none_is_named(asked: TestClient) -> None:
    page = asked.get("/mine?since=25.7.2018").text
    assert "“25.7.2018” is not a day" in page
    assert 'role="alert"' in page
