"""Add a place: from no location to a place that a person chose, on the real chain, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cards.message import card as content_of
from bot.cards.whereabouts import (
    LEAST,
    SEARCH,
    entered,
    is_this_machine,
    place_form,
    suggestions,
    upload_form,
)
from bot.listeners.options.place import answer as suggested
from bot.listeners.pressed import Seat
from bot.offers import offers
from pipeline.errors import Unavailable, Unsuitable
from pipeline.model import Toponym
from pipeline.ports import Atlas
from sandbox.blocks import view_problems
from tests.bot.house import TOWNS, Towns
from tests.bot.reports import SLACK, held, rejected, report, review
from tests.bot.works import Works, works

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
NOWHERE = {"location": None, "place": None, "map_links": None, "no_location": "The file carries none."}
ADDED = {"latitude": 42.7, "longitude": 23.3, "altitude": None, "direction": None, "source": "person"}
ARCHIVED = {"state": "archived", "at": "2026-11-29T09:00:00+00:00", "bytes": 1, "until": None}
ROW = ["Upload the original", "Add a place"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Works]:
    with works(tmp_path) as opened:
        yield opened


def labels(blocks: Any) -> list[str]:
    """All buttons of a card."""
    found = [each for block in blocks for each in (*block.get("elements", ()), block.get("accessory"))]
    return [each["text"]["text"] for each in found if each and each["type"] == "button"]


def row(*reports: dict[str, Any], value: str = "C1:1.1") -> list[str]:
    """The row for places of a card about these pictures."""
    return [words for words in labels(content_of(reports, "C1", value).blocks) if words in ROW]


def test_where_nobody_knows_the_place_the_card_offers_two_ways() -> None:
    assert row(report(**NOWHERE)) == ROW
    assert row(report(**NOWHERE), report(**NOWHERE)) == ROW
    assert row(report(), report(**NOWHERE)) == ROW


@pytest.mark.parametrize(
    "found",
    [
        report(),
        held(**NOWHERE),
        review(**NOWHERE),
        rejected(),
        report(**NOWHERE, archive=ARCHIVED),
        report(**NOWHERE, source={"kind": "slack", "name": "a.jpg"}),
        report(**NOWHERE, source={"kind": "upload", "name": "a.jpg", "person": "V1"}),
    ],
)
def test_nowhere_else_does_it_offer_any(found: dict[str, Any]) -> None:
    assert row(found) == []


def test_without_a_channel_there_are_no_buttons() -> None:
    assert row(report(**NOWHERE), value="") == []


def test_they_stand_above_the_row_of_buttons() -> None:
    kinds = [block["type"] for block in content_of([report(**NOWHERE)], "C1", "C1:1.1").blocks]
    assert kinds == ["section", "section", "section", "section", "context", "actions"]


def test_the_card_says_who_added_a_place() -> None:
    text = content_of([report(location={**ADDED, "by": ADA})], "C1").text
    assert f"Added by <@{ADA}>" in text
    assert "Added by" not in content_of([report(location={**ADDED, "by": "<!here>"})], "C1").text


def test_an_added_place_can_be_changed_and_taken_away_by_its_poster_and_operators() -> None:
    found = report(location=ADDED)
    assert [each.deed for each in offers(found, ADA, withdrawn=False)] == ["again", "place", "unplace"]
    refused = {each.deed: each.refused for each in offers(found, GRACE, withdrawn=False)}
    assert ADA in refused["place"]
    assert ADA in refused["unplace"]
    may = {each.deed: each.refused for each in offers(found, GRACE, withdrawn=False, operators=(GRACE,))}
    assert may == {"again": "", "place": "", "unplace": ""}
    assert "place" not in [each.deed for each in offers(report(), ADA, withdrawn=False)]


@pytest.mark.parametrize("number", [1, 2, 100])
def test_slack_would_take_both_modals(number: int) -> None:
    reports = [report(id=f"image-{n}", source={**SLACK, "name": "<!channel>" * 30}) for n in range(number)]
    seat = Seat("C1", "1.1", "x", "https://hooks.slack.com/" + "x" * 200).metadata
    for view in (
        place_form(reports, reports[-1], seat),
        upload_form(reports, reports[-1], "http://127.0.0.1:8080/join/x", seat),
    ):
        assert view_problems(view) == []
        assert "<!channel>" not in str([b.get("text") for b in view["blocks"]])


@pytest.mark.parametrize(
    ("link", "here"),
    [
        ("http://127.0.0.1:8080/join/x", True),
        ("http://[::1]:8080/join/x", True),
        ("http://localhost/join/x", True),
        ("http://loupe.localhost/join/x", True),
        ("https://pictures.example/join/x", False),
        ("http://10.0.0.7:8080/join/x", False),
    ],
)
def test_a_link_that_works_on_this_machine_only_says_so(link: str, here: bool) -> None:
    assert is_this_machine(link) == here
    one = report(**NOWHERE)
    assert ("only on the machine" in str(upload_form([one], one, link, ""))) == here


def test_suggestions_fit_and_tell_places_of_one_name_apart() -> None:
    options = suggestions(
        [*TOWNS, *TOWNS, Toponym("L" * 90, None, "x" * 90, "XX", -89.999999, 179.999999, 7)]
    )
    shown = [(each["text"]["text"], (each.get("description") or {}).get("text")) for each in options]
    assert shown[:3] == [
        ("Sofia, Bulgaria", "1,152,556 inhabitants"),
        ("Springfield, Missouri, United States", "166,810 inhabitants"),
        ("Springfield, Illinois, United States", None),
    ]
    assert len(options) == 4
    assert all(len(each["text"]["text"]) <= 75 and len(each["value"]) <= 150 for each in options)


class Torn(Towns):
    """An atlas that cannot be read."""

    def named(self, words: str, most: int) -> tuple[Toponym, ...]:
        raise Unavailable("The atlas is torn.")


@pytest.mark.parametrize(
    ("typed", "atlas", "options"),
    [("sof", Towns(), 1), ("s", Towns(), 0), ("  s ", Towns(), 0), ("so", Torn(), 0)],
)
def test_only_what_was_typed_far_enough_is_looked_up(typed: str, atlas: Atlas, options: int) -> None:
    assert LEAST == 2
    assert len(suggested(typed, atlas)) == options


@pytest.mark.parametrize("value", [None, "", "Sofia", "91,0", "0,181", "nan,0", "1,2,3", "inf,inf"])
def test_what_is_no_position_is_refused(value: str | None) -> None:
    option = {"value": value, "text": {"text": "x"}} if value is not None else None
    with pytest.raises(Unsuitable, match="choose one of the places"):
        entered({SEARCH: {SEARCH: {"selected_option": option}}})


def asked(home: Works, card: dict[str, Any]) -> dict[str, Any]:
    """The modal of the button, once it asks: an atlas that was not made at installation is made first."""
    home.press(card, "place")
    home.slack.wait(lambda _: home.seen()["submit"], 60)
    return home.seen()


def added(home: Works) -> tuple[dict[str, Any], dict[str, Any]]:
    """A picture to which a place was added: what was posted, and its card."""
    posted = home.post()
    card = home.card(posted)
    assert labels(card["blocks"])[:2] == ROW
    choose(home, asked(home, card), "sofia, bg")
    assert "Sofia, Bulgaria" in str(home.seen()["blocks"])
    return posted, home.card(posted)


def choose(home: Works, view: dict[str, Any], words: str, user: str = ADA) -> None:
    """Type a place, and take the first that is suggested."""
    typed = {"user": user, "view_id": view["id"], "action_id": SEARCH, "value": words}
    options = home.slack.call("suggest", **typed)["options"]
    assert home.submit(view, {SEARCH: {SEARCH: options[0]["value"]}}, user) == {}


def test_a_chosen_place_is_that_of_the_picture_and_the_buttons_are_gone(home: Works) -> None:
    posted, card = added(home)
    [found] = home.reports(posted)
    assert (found["location"]["source"], found["location"]["by"]) == ("person", ADA)
    assert (found["place"]["name"], found["no_location"]) == ("Sofia", None)
    for words in ("Sofia, Bulgaria", f"Added by <@{ADA}>", "openstreetmap.org"):
        assert words in card["text"]
    assert not set(ROW) & set(labels(card["blocks"]))
    assert home.edits(card) == 1
    assert len(home.slack.thread(posted["ts"])) == 1


def test_it_can_be_changed_and_taken_away_behind_more(home: Works) -> None:
    posted, card = added(home)
    form = home.choose(home.press(card, "more"), "loupe_deed_place")
    choose(home, form, "munich")
    assert "Munich" in home.card(posted)["text"]
    told = home.choose(home.press(card, "more"), "loupe_deed_unplace")
    assert "taken away" in str(told["blocks"])
    after = home.card(posted)
    assert "No location" in after["text"]
    assert labels(after["blocks"])[:2] == ROW


def test_of_several_pictures_each_gets_its_own(home: Works) -> None:
    posted = home.post("one.jpg", "two.jpg")
    card = home.card(posted)
    first, second = [each["id"] for each in home.reports(posted)]
    view = asked(home, card)
    choose(home, home.choose(view, "loupe_pick", second), "munich")
    after = home.card(posted)
    assert [(each["place"] or {}).get("name") for each in home.reports(posted)] == [None, "Munich"]
    assert labels(after["blocks"])[:2] == ROW
    view = asked(home, after)
    assert second not in str(view["blocks"])
    choose(home, view, "sofia")
    after = home.card(posted)
    assert not set(ROW) & set(labels(after["blocks"]))
    assert home.reports(posted)[0]["id"] == first


def test_another_person_hears_who_may(home: Works) -> None:
    card = home.card(home.post())
    before = len(home.whispers(GRACE))
    home.push(card, "place", GRACE)
    assert home.whispered(GRACE, before) == f"Only <@{ADA}> may do that, who posted the picture."
    assert home.views(GRACE) == []


def test_a_forged_choice_changes_nothing(home: Works) -> None:
    posted = home.post()
    view = asked(home, home.card(posted))
    forged = {"callback_id": "loupe_place_form", "private_metadata": view["private_metadata"]}
    state = {"values": {SEARCH: {SEARCH: {"selected_option": {"value": "1,2"}}}}}
    sent = {"type": "view_submission", "view": {"id": "V1", "type": "modal", **forged, "state": state}}
    answer = home.deliver({**sent, "user": {"id": GRACE}})
    assert "Only <@" in str(answer["view"]["blocks"])
    state["values"][SEARCH][SEARCH]["selected_option"] = {"value": "100,200"}
    answer = home.deliver({**sent, "user": {"id": ADA}})
    assert answer["errors"] == {SEARCH: "This is no position on Earth. Please choose one of the places."}
    assert home.reports(posted)[0]["location"] is None
