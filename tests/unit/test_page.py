"""The page's text: what it tells, what it keeps to itself, and that it is valid whatever the picture is."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pipeline.model import Spot, Town
from pipeline.publication import Publication
from tests.unit.pictures import IMAGE, SITE, published, rendition
from tests.validators.checking import wrong_html
from web import assets
from web.page import page

NAMED = [
    rendition("art2560", "JPEG", 2560, 1440),
    rendition("app512", "JPEG", 512, 512),
    rendition("app108", "JPEG", 108, 108),
    rendition("h150", "JPEG", 200, 150),
    rendition("w150", "JPEG", 150, 113),
    rendition("box50", "JPEG", 50, 38),
]
FULL = Publication(
    image=IMAGE,
    page=f"{SITE}/i/{IMAGE}",
    renditions=(*published(320, 640, 1280, 2560), *NAMED),
    alt="Photo of two people in Interlaken, Switzerland",
    place="Interlaken, Switzerland",
    spot=Spot(46.69, 7.86),
)
TOWNS = [
    Town("Interlaken", 46.6863, 7.8632, 5592),
    Town("Unterseen", 46.6866, 7.8466, 5400),
    Town("Matten <b>", 46.6755, 7.8690, 3900),
]
HOSTILE = '"><script>alert(1)</script></textarea></title><!--\n\0\u202e{{ 7 * 7 }}'
CASES = {
    "full": (FULL, TOWNS),
    "without_towns": (FULL, []),
    "exact": (replace(FULL, spot=Spot(46.686301, 7.863202)), TOWNS),
    "no_place": (replace(FULL, place=None, spot=None), []),
    "country_alone": (replace(FULL, place="Iceland", spot=None), []),
    "no_words": (replace(FULL, alt=""), []),
    "long_words": (replace(FULL, alt="word " * 99), []),
    "hostile": (replace(FULL, alt=HOSTILE, place=HOSTILE), [Town(HOSTILE, 46.7, 7.9, 10)]),
    "jpeg_alone": (replace(FULL, renditions=tuple(r for r in FULL.renditions if r.format == "JPEG")), TOWNS),
    "one_size": (replace(FULL, renditions=(rendition("s90", "JPEG", 60, 90), *published(60))), []),
    "named_alone": (replace(FULL, renditions=tuple(NAMED)), []),
    "nothing": (replace(FULL, renditions=()), []),
}  # fmt: skip


class Tree(HTMLParser):
    """The tags of a page, each with its attributes, and the text of all."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def metas(self) -> dict[str, str | None]:
        found = [attributes for tag, attributes in self.tags if tag == "meta"]
        return {str(a.get("name") or a.get("property")): a.get("content") for a in found}


def test_html_accepts_every_page() -> None:
    found = wrong_html({name: page(*case) for name, case in CASES.items()})
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_it_tells_the_sizes_with_links_and_what_they_are_for() -> None:
    tree = Tree(page(FULL, TOWNS))
    linked = {attributes.get("href") for tag, attributes in tree.tags if tag == "a"}
    assert {each.url for each in FULL.renditions} <= linked
    assert "Covers and title pictures" in tree.text
    assert "2560 × 1440" in tree.text
    assert "JPEG, 92 kB" in tree.text


def test_what_a_person_should_know_of_a_copy_stands_beside_it() -> None:
    small = replace(FULL, renditions=(*published(320), replace(NAMED[0], note="It was not enlarged.")))
    assert "cropped to fill. It was not enlarged." in Tree(page(small)).text


def test_the_markup_to_paste_is_that_of_the_report() -> None:
    from pipeline.markup import markup

    made = markup(FULL.renditions, FULL.alt)
    assert made
    text = Tree(page(FULL)).text
    assert all(each in text for each in (made.img, made.picture, made.amp))


def test_previews_elsewhere_get_a_published_jpeg_of_moderate_size() -> None:
    metas = Tree(page(FULL)).metas()
    assert re.fullmatch(rf"{SITE}/i/{IMAGE}/s1280-\w+\.jpg", metas["og:image"] or "")
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1280", "960")
    assert metas["og:title"] == FULL.alt
    assert metas["og:url"] == FULL.page
    assert metas["twitter:card"] == "summary_large_image"
    assert metas["robots"] == "noindex"
    assert "og:image" not in Tree(page(replace(FULL, renditions=()))).metas()


def test_an_allowed_place_is_told_with_maps_and_neighbours() -> None:
    html = page(FULL, TOWNS)
    text = Tree(html).text
    assert "Interlaken, Switzerland" in text
    assert "46.69, 7.86 (to about a kilometre)" in text
    assert "Unterseen, 1 km to the west" in text
    assert 'href="https://www.openstreetmap.org/?mlat=46.69' in html
    assert 'class="blur"' in html
    assert "GeoNames" in text


def test_an_exact_spot_is_told_as_such() -> None:
    html = page(replace(FULL, spot=Spot(46.686301, 7.863202)), TOWNS)
    assert "46.68630, 7.86320" in html
    assert "about a kilometre" not in html
    assert 'class="blur"' not in html


def test_nothing_of_a_place_is_told_where_there_is_none_to_tell() -> None:
    text = page(replace(FULL, place=None, spot=None, alt="Photo"), TOWNS)
    for word in ("Where it was taken", "openstreetmap", "<svg", "GeoNames", "Interlaken"):
        assert word not in text


def test_hostile_words_stay_words() -> None:
    html = page(*CASES["hostile"])
    tree = Tree(html)
    assert [attributes.get("src") for tag, attributes in tree.tags if tag == "script"] == [
        assets.address("page.js")
    ]
    assert "{{ 7 * 7 }}" in tree.text
    assert "\0" not in html
    assert "\u202e" not in html.partition("<section")[0]


def test_it_holds_no_inline_style_script_or_handler_and_loads_nothing_from_elsewhere() -> None:
    for case in CASES.values():
        tree = Tree(page(*case))
        for tag, attributes in tree.tags:
            assert tag not in ("style", "iframe", "object", "embed", "form", "base")
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
            loaded = [attributes.get("src"), attributes.get("srcset"), attributes.get("data")]
            loaded += [attributes.get("href") if tag == "link" else None]
            assert all(each.startswith(("/i/static/", SITE)) for each in loaded if each)


def test_a_long_description_has_a_short_title() -> None:
    html = page(replace(FULL, alt="word " * 99))
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert title.endswith("word… · Loupe")
    assert len(title) < 100
    assert 'class="long"' in html


def test_a_see_through_picture_stands_on_white() -> None:
    assert 'class="picture clear"' in page(
        replace(FULL, renditions=(*FULL.renditions, rendition("app512", "PNG", 512, 512)))
    )
    assert "clear" not in page(FULL)


def test_a_site_with_a_path_of_its_own_finds_its_files() -> None:
    html = page(replace(FULL, page=f"{SITE}/loupe/i/{IMAGE}"))
    assert f'href="/loupe{assets.address("page.css")}"' in html


@pytest.mark.parametrize("name", assets.ASSETS)
def test_every_file_of_the_page_is_served_for_ever_under_a_name_of_its_content(name: str) -> None:
    client = TestClient(Starlette(routes=assets.static_routes()))
    answer = client.get(assets.address(name))
    assert answer.status_code == 200
    assert answer.content.endswith((assets.FOLDER / name).read_bytes())
    assert name in assets.AFTER or answer.content == (assets.FOLDER / name).read_bytes()
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(assets.address(name), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{assets.WHERE}/{name}").status_code == 404
    assert client.head(assets.address(name)).status_code == 200
