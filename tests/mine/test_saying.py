"""Values as people read them, in both languages; and the words of both have the same keys and fields."""

import re
from datetime import date
from string import Formatter

import pytest

from pipeline.chain import discover
from web import saying
from web.mine_search import search
from web.words import LANGUAGES

EN, DE = LANGUAGES["en"], LANGUAGES["de"]


def test_days_and_moments() -> None:
    assert saying.day(EN, date(2018, 7, 5)) == "5 July 2018"
    assert saying.day(DE, date(2018, 3, 5)) == "5. März 2018"
    assert saying.moment(EN, "2018-07-25T16:34:23") == "25 July 2018, 16:34"
    assert saying.moment(EN, "2018-07-25T16:34:23+05:30") == "25 July 2018, 16:34 UTC+05:30"
    assert saying.moment(DE, "2018-07-25T16:34:23-03:00") == "25. Juli 2018, 16:34 Uhr UTC-03:00"
    assert saying.moment(EN, "2018-07-25T16:34:23+00:00") == "25 July 2018, 16:34 UTC"


def test_numbers() -> None:
    assert saying.size(DE, 3_400_000) == "3,4 MB"
    assert saying.size(DE, 12) == "12 Byte"
    assert saying.span(DE, 1234.5) == "1,2 s"
    assert saying.span(EN, 12.4) == "12 ms"
    assert [saying.count(EN, "n_faces", n) for n in range(3)] == ["no faces", "1 face", "2 faces"]


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((0, 0, 0.1, 0.1), "at the top left"),
        ((0.4, 0.4, 0.2, 0.2), "in the middle"),
        ((0.9, 0.9, 0.1, 0.1), "at the bottom right"),
    ],
)
def test_where_in_a_picture(box: tuple[float, ...], words: str) -> None:
    assert saying.where_in(EN, box) == words


def test_a_place_says_no_name_twice() -> None:
    assert saying.town({"name": "Luxembourg", "region": None, "country": "Luxembourg"}) == "Luxembourg"
    assert saying.town(None) == ""


def test_every_actor_is_named_in_every_language() -> None:
    for t in LANGUAGES.values():
        assert [n for n in discover().names() if f"actor_{n}" not in t.part("mine")] == []


def test_the_languages_say_the_same_with_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert EN.part("mine").keys() == DE.part("mine").keys()
    assert {k: fields(v) for k, v in EN.part("mine").items()} == {
        k: fields(v) for k, v in DE.part("mine").items()
    }
    assert [len(t.plain("mine.months").split()) for t in (EN, DE)] == [12, 12]


def test_a_search_is_its_address() -> None:
    asked = {
        "place": " Zürich,  CH ",
        "since": "2018-07-25",
        "until": "x",
        "faces": "3",
        "verdict": "no",
        "before": "x",
    }
    found = search(asked)
    assert found.address() == "/mine?place=Z%C3%BCrich%2C+CH&since=2018-07-25&faces=3"
    assert (found.wrong, found.before) == ("x", "")
    assert search({}).address() == "/mine"
    assert re.search("before=abc", found.address("abc"))
