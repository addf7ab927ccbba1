"""What is told of a piece: in one line, in all forms, and never more than may be shown at this moment."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import SMALL, event, flat, packed, small, values
from pipeline.news import KINDS, Kind
from pipeline.telling import headline, lines, link, told
from tests.news.samples import AT, DATA, IMAGE, PLACE, SITE, delivery, piece

ALL: tuple[Kind, ...] = (*KINDS, "test")
OF_IMAGES: tuple[Kind, ...] = ("verdict", "held", "failed", "published")
SECRETS = ("Sofia", "w150", "/i/", "Two people", "4032", "3145728")
"""What nobody may hear of a held image."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        ("verdict", {}, "IMG-7F3K: cleared, 2 faces, Sofia, Bulgaria"),
        ("verdict", {"faces": 1, "place": None}, "IMG-7F3K: cleared, 1 face"),
        ("verdict", {"faces": 0, "place": None}, "IMG-7F3K: cleared, no faces"),
        ("verdict", {"faces": None, "place": {"name": None, "country": None}}, "IMG-7F3K: cleared"),
        ("verdict", {"decision": "review"}, "IMG-7F3K is not shown before a person has looked"),
        ("held", {}, "IMG-7F3K is held: Nudity score 92 is 80 or more"),
        ("failed", {}, "IMG-7F3K, rejected: The file is cut off"),
        ("failed", {"parked": True, "reason": None}, "IMG-7F3K, a step failed: no reason was given"),
        ("published", {}, "IMG-7F3K is published: 4.2 MB instead of 61.0 MB"),
        ("published", {"shown": False}, "IMG-7F3K is not shown"),
        ("digest", {}, "2026-11-22: 14 images, 1 held, 1 failed, median 1.8 s, 61.0 MB saved"),
        ("alarm", {}, "Alarm: 3 runs are parked"),
        ("alarm", {"headline": "Parked runs"}, "Parked runs"),
        ("test", {}, "A test of the sink ops. Nothing has happened"),
    ],
)
def test_a_headline_says_what_happened(kind: Kind, changed: dict[str, Any], words: str) -> None:
    assert headline(piece(kind, **changed)) == words


def test_the_rest_is_a_fact_a_line_and_a_link() -> None:
    assert lines(piece("verdict")) == ["JPEG, 4032 x 3024, 3.1 MB"]
    assert lines(piece("digest")) == DATA["digest"]["lines"]
    assert lines(piece("published")) == ["Two people in Sofia."]
    assert link(piece("published")) == f"{SITE}/i/{IMAGE}"
    assert (lines(piece("held")), link(piece("held"))) == ([], "")


@pytest.mark.parametrize("kind", OF_IMAGES)
def test_of_an_image_that_is_held_by_now_nothing_is_told_but_that(kind: Kind) -> None:
    found = told(delivery(kind, redacted=True))
    for said in (event(found, "x"), flat(found), values(found), headline(found), lines(found)):
        assert not [word for word in SECRETS if word in json.dumps(said)]
    assert found.data.get("redacted", False) is (kind in ("verdict", "published"))
    assert found.data.keys() - {"redacted"} == DATA[kind].keys()


def test_a_publication_of_an_image_that_is_held_by_now_says_that_it_is_not_shown() -> None:
    found = told(delivery("published", redacted=True)).data
    assert (found["shown"], found["page"], found["renditions"]) == (False, None, [])
    assert headline(told(delivery("verdict", redacted=True))) == "IMG-7F3K was cleared, and is held by now"


@pytest.mark.parametrize("kind", ALL)
def test_a_piece_that_may_be_shown_is_told_as_it_is(kind: Kind) -> None:
    assert told(delivery(kind)) == piece(kind)
    if kind not in OF_IMAGES:
        assert told(delivery(kind, redacted=True)) == piece(kind)


def test_an_event_is_a_cloudevent() -> None:
    found = event(piece("verdict"), SITE)
    assert found == {
        "specversion": "1.0",
        "id": piece("verdict").id,
        "source": SITE,
        "type": "loupe.verdict.v1",
        "subject": IMAGE,
        "time": "2026-11-22T09:30:00.250+00:00",
        "datacontenttype": "application/json",
        "dataschema": "urn:loupe:news:v1#verdict",
        "data": DATA["verdict"],
    }
    assert AT.isoformat(timespec="milliseconds") == found["time"]


def test_flat_json_names_what_is_nested_and_counts_what_is_listed() -> None:
    found = flat(piece("verdict"))
    assert {f"place_{name}": value for name, value in PLACE.items()}.items() <= found.items()
    assert flat(piece("published"))["renditions_count"] == 1
    assert found["headline"] == headline(piece("verdict"))


@given(st.dictionaries(st.text(max_size=12), JSON, max_size=6))
def test_flat_json_has_scalars_only_whatever_the_data(data: dict[str, Any]) -> None:
    found = flat(replace(piece("alarm"), data=data))
    assert not [value for value in found.values() if isinstance(value, dict | list | tuple)]
    assert (found["id"], found["kind"]) == (piece("alarm").id, "alarm")


@given(st.integers(0, 400), st.text(max_size=6000))
def test_a_small_event_stays_below_four_kilobytes_and_keeps_what_it_is_about(count: int, words: str) -> None:
    many = DATA["published"]["renditions"] * count
    found = small(event(piece("published", renditions=many, alt=words), SITE))
    assert len(found.encode()) < SMALL
    read = json.loads(found)
    assert read["data"]["short"] == "IMG-7F3K"
    assert count > 20 or len(words) > 100 or read["data"]["renditions"] == many


def test_the_three_values_are_a_headline_the_rest_and_a_link() -> None:
    assert values(piece("published")) == {
        "value1": "IMG-7F3K is published: 4.2 MB instead of 61.0 MB",
        "value2": "Two people in Sofia.",
        "value3": f"{SITE}/i/{IMAGE}",
    }


def test_json_is_packed_and_readable() -> None:
    assert packed({"a": [1, "ß"]}) == '{"a":[1,"ß"]}'
