"""What is told of a picture: each change once, in order; nothing of what is held or erased."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import Rejected
from pipeline.news import Sink
from pipeline.results import Result
from tests.flow.publishing import quickly
from tests.news.telling import OPS, Newshouse, cloud_newshouse, newshouse

PLACE = {"name": "Sofia", "region": "Sofia-Capital", "country": "Bulgaria", "country_code": "BG"}


Opening = Callable[..., Newshouse]


@pytest.fixture(params=["sqlite", "dynamo"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens the house for these sinks; opened again, it is the same house."""
    if request.param == "dynamo":
        return partial(cloud_newshouse, request.getfixturevalue("table"), tmp_path)
    return partial(newshouse, tmp_path)


@pytest.fixture
def house(opened: Opening) -> Iterator[Newshouse]:
    found = opened()
    with quickly(found.taste):
        yield found


def test_a_cleared_picture_is_told_once_when_looked_at_and_once_when_published(house: Newshouse) -> None:
    image = house.post()
    verdict, published = house.told()
    assert (verdict["kind"], verdict["decision"], verdict["place"]) == ("verdict", "cleared", PLACE)
    assert (published["kind"], published["shown"]) == ("published", True)
    assert published["page"] == house.report(image)["page"]
    assert len(published["renditions"]) == 5


def test_what_changes_nothing_is_not_told_again(house: Newshouse) -> None:
    image = house.post()
    house.again(image, "detect_nudity")
    house.again(image, "report_publication", "report_findings")
    house.again(image, "make_renditions", "make_copies")
    house.again(image, "accept_image")
    assert house.kinds() == ["verdict", "published"]


@pytest.mark.parametrize(("score", "decision"), [(95.0, "held"), (50.0, "review")])
def test_of_a_held_picture_only_that_it_is_held(house: Newshouse, score: float, decision: str) -> None:
    house.taste.score = score
    house.post()
    verdict, held = house.told()
    assert (verdict["kind"], verdict["decision"]) == ("verdict", decision)
    assert {verdict[name] for name in ("place", "location", "faces", "width", "bytes")} == {None}
    assert (held["kind"], held["decision"]) == ("held", decision)
    assert "Sofia" not in json.dumps(house.told())
    assert "a.jpg" not in json.dumps(house.told())


def reject(**_: object) -> Result:
    raise Rejected("The file is cut off.")


def break_down(**_: object) -> Result:
    raise ZeroDivisionError("a bug")


def test_a_rejected_picture_has_failed_for_good(house: Newshouse) -> None:
    house.plays("accept_image", reject)
    house.post()
    assert [(each["kind"], each["reason"], each["parked"]) for each in house.told()] == [
        ("failed", "The file is cut off.", False)
    ]


def test_a_parked_run_is_told_once_and_again_when_it_comes_back(house: Newshouse) -> None:
    house.plays("detect_faces", break_down)
    image = house.post()
    assert house.kinds() == ["verdict", "failed", "published"]
    assert house.told("failed")[0]["parked"] is True
    house.again(image, "detect_faces")
    assert len(house.told("failed")) == 1
    house.as_ever("detect_faces")
    house.again(image, "detect_faces")
    assert [each["faces"] for each in house.told("verdict")] == [None, 0]
    house.plays("detect_faces", break_down)
    house.again(image, "detect_faces")
    assert len(house.told("failed")) == 2
    assert [each["faces"] for each in house.told("verdict")] == [None, 0, None]


def test_a_run_that_is_parked_after_the_verdict_does_not_change_the_verdict(house: Newshouse) -> None:
    house.plays("make_copies", break_down)
    house.post()
    assert house.kinds() == ["verdict", "failed", "published"]


def test_a_verdict_that_changes_is_told_with_the_end_of_the_publication(house: Newshouse) -> None:
    image = house.post()
    house.scored(image, 95)
    assert house.kinds() == ["verdict", "published", "verdict", "held", "published"]
    last = house.told("published")[-1]
    assert (last["shown"], last["page"], last["renditions"], last["alt"]) == (False, None, [], None)
    house.scored(image, 5)
    assert [each["decision"] for each in house.told("verdict")] == ["cleared", "held", "cleared"]
    assert [each["shown"] for each in house.told("published")] == [True, False, True]
    house.scored(image, 95)
    assert len(house.told("held")) == 2


def test_a_picture_that_is_released_later_is_told_then(house: Newshouse) -> None:
    house.taste.score = 95
    image = house.post()
    house.notes.set(image, "release")
    house.again(image, "decide_release")
    assert house.kinds() == ["verdict", "held", "verdict", "published"]


def test_a_picture_that_is_withdrawn_is_shown_no_more(house: Newshouse) -> None:
    image = house.post()
    house.notes.set(image, "withdraw")
    house.again(image, "make_renditions", "make_copies")
    assert [each["shown"] for each in house.told("published")] == [True, False]
    house.again(image, "make_renditions", "make_copies")
    assert len(house.told("published")) == 2


def test_news_that_waited_tells_nothing_of_a_picture_that_is_held_by_now(house: Newshouse) -> None:
    image = house.post()
    house.notes.set(image, "hold")
    found = house.sent()
    assert [each["redacted"] for each in found] == [True, True]
    assert found[1]["shown"] is False
    assert not [word for word in ("Sofia", "/i/", "w150") if word in json.dumps(found)]
    house.again(image, "decide_release")
    assert [each["kind"] for each in house.sent()] == ["verdict", "held", "published"]


def test_news_of_a_picture_that_is_being_decided_anew_waits_for_the_decision(house: Newshouse) -> None:
    image = house.post()
    house.taste.score = 95
    house.engine().replay(image, "detect_nudity")
    house.engine().replay(image, "decide_release")
    assert house.sent() == []
    house.go_on()
    assert "Sofia" not in json.dumps(house.sent())


def test_news_of_a_private_channel_goes_to_those_alone_who_name_it(opened: Opening) -> None:
    named = replace(OPS, name="named", channels=frozenset({"D1"}))
    other = replace(OPS, name="other", channels=frozenset({"C1"}))
    house = opened(OPS, named, other)
    with quickly(house.taste):
        house.post("D1", private=True)
    assert [each["kind"] for each in house.sent("named")] == ["verdict", "published"]
    assert (house.sent("ops"), house.sent("other")) == ([], [])
    assert {each["channel"] for each in house.told()} == {None}


@pytest.mark.parametrize(
    ("location", "place", "position"),
    [("none", None, None), ("place", PLACE, None),
     ("exact", PLACE, {"latitude": 42.697, "longitude": 23.321})],
)  # fmt: skip
def test_where_a_picture_was_taken_is_told_as_the_setting_has_it(
    opened: Opening, location: str, place: object, position: object
) -> None:
    house = opened(location=location)
    with quickly(house.taste):
        house.post()
    (verdict,) = house.told("verdict")
    assert (verdict["place"], verdict["location"]) == (place, position)


def test_a_sink_that_is_added_later_is_not_told_what_is_old(opened: Opening) -> None:
    house = opened(Sink("none", "webhook", "x", news=frozenset()))
    with quickly(house.taste):
        image = house.post()
        assert all(each.keys() == {"kind"} for each in house.told())
        later = opened()
        later.again(image, "report_publication")
        assert later.sent() == []
        later.scored(image, 95)
        assert [each["kind"] for each in later.sent()] == ["verdict", "held", "published"]


def test_the_news_of_an_erased_picture_goes_with_it(house: Newshouse) -> None:
    image = house.post()
    eraser = house.eraser()
    eraser.begin(image)
    traces = eraser.clear(image)
    assert (house.told(), house.sent()) == ([], [])
    source = house.engine().ledger.rows(image)
    assert source == {}
    assert house.newsroom.announce(image, None, {"id": image}) == ()  # type: ignore[arg-type]  # not looked at
    assert house.told() == []
    assert not [kind for kind in eraser.left(traces) if kind.startswith(("piece", "deliver"))]
