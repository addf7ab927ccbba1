"""The map of a position: a drawing with words, for who is signed in, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from pipeline.model import Town
from pipeline.visitors import Visitor
from web import locator, whereabouts
from web.visits import Page, Visits
from web.words import LANGUAGES

TOWNS = [
    Town("Interlaken", 46.6863, 7.8632, 5592),
    Town("Unterseen", 46.6866, 7.8466, 5400),
    Town("Wilderswil", 46.6623, 7.8617, 2612),
]
HERE = "/where?latitude=46.6865&longitude=7.8630"


class Door:
    """Lets everybody in, or nobody."""

    def __init__(self, known: bool) -> None:
        self.known = known

    def call(self, endpoint: Page):  # type: ignore[no-untyped-def]
        def answer(request: Request) -> Response:
            if not self.known:
                raise HTTPException(401)
            return endpoint(request, Visitor("V1"))

        return answer


def client(towns: Sequence[Town] = TOWNS, known: bool = True) -> TestClient:
    route = whereabouts.route(cast(Visits, Door(known)), lambda _: towns)
    return TestClient(Starlette(routes=[route]))


def title(answer: str) -> str:
    return ElementTree.fromstring(answer).findtext("{http://www.w3.org/2000/svg}title") or ""


def test_the_map_is_a_drawing_that_says_what_it_shows() -> None:
    answer = client().get(HERE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    said = title(answer.text)
    assert said.startswith("Map with north at the top; the picture was taken in the middle. ")
    assert "Interlaken is less than 1 km away. Unterseen lies 1 km to the west." in said
    assert "Wilderswil lies 3 km to the south." in said


def test_it_speaks_the_reader_s_language() -> None:
    said = title(client().get(HERE, headers={"accept-language": "de"}).text)
    assert said.startswith("Karte mit Norden oben; das Bild wurde in der Mitte aufgenommen. ")
    assert "Unterseen liegt 1 km westlich." in said


def test_nothing_in_it_runs_and_nobody_else_keeps_it() -> None:
    headers = client().get(HERE).headers
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "private, max-age=3600"
    assert headers["x-content-type-options"] == "nosniff"
    assert {"Accept-Language", "Cookie"} == set(headers["vary"].split(", "))


def test_names_of_towns_are_only_text() -> None:
    text = client([Town('<script>"&', 46.69, 7.87, 1000)]).get(HERE).text
    assert "<script" not in text
    assert '<script>"&' in "".join(ElementTree.fromstring(text).itertext())


def test_in_the_middle_of_the_sea_there_is_none() -> None:
    answer = client([]).get(HERE)
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_is_not_signed_in_gets_none() -> None:
    assert client(known=False).get(HERE).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "", "?latitude=1", "?latitude=a&longitude=1", "?latitude=91&longitude=0", "?latitude=0&longitude=181",
        "?latitude=nan&longitude=0", "?latitude=0&longitude=nan", "?latitude=inf&longitude=0",
    ],
)  # fmt: skip
def test_what_is_no_position_is_refused(query: str) -> None:
    assert client().get(f"/where{query}").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_direction_has_a_word(language: str) -> None:
    assert set(locator.COMPASS) <= LANGUAGES[language].part("where").keys()


def test_the_map_is_that_of_the_public_page() -> None:
    circles = re.findall(r'<circle class="(\w+)"', client().get(HERE).text)
    assert circles.count("town") == len(TOWNS)
    assert circles[-1] == "spot"
