"""Which format somebody gets at a plain address: what they named, else what every program reads."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import RenditionFormat
from tests.flow.publishing import House
from tests.web.serving import published, served, site
from web.negotiation import TYPES, best

ALL: tuple[RenditionFormat, ...] = ("JPEG", "WEBP", "AVIF")
CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
FIREFOX = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
SAFARI_13 = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"
NAVIGATION = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        (None, "JPEG"), ("", "JPEG"), ("*/*", "JPEG"), ("image/*", "JPEG"), ("text/html", "JPEG"),
        (CHROME, "AVIF"), (FIREFOX, "AVIF"), (SAFARI_13, "JPEG"), (NAVIGATION, "AVIF"),
        ("image/webp,*/*", "WEBP"), ("image/webp", "WEBP"), ("image/jpeg", "JPEG"), ("image/avif", "AVIF"),
        ("image/avif;q=0.5, image/webp;q=0.9", "WEBP"), ("image/avif;q=0.5,image/jpeg", "JPEG"),
        ("image/avif;q=0, */*", "JPEG"), ("image/avif;q=0", "JPEG"), ("image/avif;q=0.1, */*;q=0.2", "JPEG"),
        ("*/*;q=0.1, image/webp;q=0.1", "WEBP"), ("image/jpeg;q=0, image/*", "AVIF"), ("*/*;q=0", "JPEG"),
        ("IMAGE/WEBP", "WEBP"), ("image/webp ; q=1.000", "WEBP"),
        ("image/avif;v=b3;q=0.7,image/webp", "WEBP"),
        ("image/avif;q=2, image/webp;q=0.1", "WEBP"), ("image/avif;q=x", "JPEG"), ("image/avif;;;", "AVIF"),
        (",,image/webp,,", "WEBP"), ("image/webp;q=0.001", "WEBP"), ("avif", "JPEG"), ("image/", "JPEG"),
        ("x" * 100_000, "JPEG"), ("image/webp" + "," * 50_000, "WEBP"),
    ],
)  # fmt: skip
def test_the_format_follows_what_was_accepted(accept: str | None, format: str) -> None:
    assert best(accept, ALL) == format


def test_a_picture_with_transparency_is_a_png_where_others_are_a_jpeg() -> None:
    assert best(None, ["PNG"]) == best("image/webp", ["PNG"]) == best("*/*", ["PNG", "AVIF"]) == "PNG"
    assert best("image/jpeg", ["PNG"]) == "PNG"


@given(st.text(st.characters(max_codepoint=255)), st.sets(st.sampled_from(list(TYPES)), min_size=1))
def test_nobody_is_refused(accept: str, there: set[RenditionFormat]) -> None:
    assert best(accept, there) in there


MEMBERS = st.tuples(st.sampled_from([*TYPES.values(), "image/*", "*/*", "text/html"]), st.integers(0, 10))


@given(st.lists(MEMBERS, unique_by=lambda member: member[0]))
def test_the_highest_weight_wins_whatever_the_order(members: list[tuple[str, int]]) -> None:
    weights = dict(members)

    def weight(format: RenditionFormat) -> int:
        kinds = (TYPES[format], "image/*", "*/*")
        return next((weights[kind] for kind in kinds if kind in weights), 0)

    accept = ",".join(f"{kind};q={weight / 10:.1f}" for kind, weight in members)
    backwards = ",".join(reversed(accept.split(",")))
    assert best(accept, ALL) == best(backwards, ALL)
    highest = max(map(weight, ALL))
    assert weight(best(accept, ALL)) == highest or highest == 0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A house with a public picture, and the address of its page."""
    house, image = published(tmp_path_factory.mktemp("house"))
    with served(site(house)) as address:
        yield house, f"{address}/i/{image}"


@pytest.mark.parametrize(
    ("accept", "type"),
    [("*/*", "jpeg"), (CHROME, "avif"), ("image/webp,*/*;q=0.1", "webp"), ("text/x", "jpeg")],
)
def test_one_address_serves_all(stage: tuple[House, str], accept: str, type: str) -> None:
    answer = requests.get(f"{stage[1]}/s320", headers={"accept": accept}, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{type}"
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:16]}"'
    there = answer.headers["content-location"]
    assert requests.get(answer.url.rpartition("/i/")[0] + there, timeout=30).content == answer.content


def test_each_format_is_known_by_a_tag_of_its_own(stage: tuple[House, str]) -> None:
    tags = {
        kind: requests.get(f"{stage[1]}/s320", headers={"accept": kind}, timeout=30).headers["etag"]
        for kind in ("image/avif", "image/webp", "image/jpeg")
    }
    assert len(set(tags.values())) == 3
    both = {"accept": "image/webp", "if-none-match": tags["image/avif"]}
    assert requests.get(f"{stage[1]}/s320", headers=both, timeout=30).status_code == 200
    both["if-none-match"] = tags["image/webp"]
    again = requests.get(f"{stage[1]}/s320", headers=both, timeout=30)
    assert (again.status_code, again.headers["vary"]) == (304, "Accept")


def test_what_exists_in_one_format_is_served_in_that(stage: tuple[House, str]) -> None:
    for name, type in (("w150", "image/jpeg"), ("app108", "image/png")):
        answer = requests.get(f"{stage[1]}/{name}", headers={"accept": CHROME}, timeout=30)
        assert (answer.status_code, answer.headers["content-type"]) == (200, type)


def test_after_another_publication_the_plain_address_leads_to_the_new_file(tmp_path: Path) -> None:
    from tests.flow.driving import work_off
    from tests.flow.publishing import quickly

    house, image = published(tmp_path)
    before = house.get(f"/i/{image}/s320")
    house.taste.brew += 1
    with quickly(house.taste):
        house.engine().replay(image, "make_renditions")
        work_off(house.engine())
    after = house.get(f"/i/{image}/s320")
    assert (before[0], after[0]) == (200, 200)
    assert before[1] != after[1]
    house.database.close()
