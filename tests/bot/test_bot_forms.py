"""The modals: Slack would take every one of them, whatever the pictures are called."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import markup_form, more_form, opinion_form
from bot.cards.forms import said
from bot.listeners.pressed import Seat
from bot.offers import offers
from pipeline.alt import LONGEST
from sandbox.blocks import view_problems
from tests.bot.reports import PAGE, SLACK, published, renditions, report

ADA = str(SLACK["person"])
SEAT = Seat("C1", "1.1", "x", "https://hooks.slack.com/actions/" + "x" * 200)
EVIL = "<!channel> *x* `y` & :tada: \u202e\n" + "n" * 200


def many(number: int, **changes: Any) -> list[dict[str, Any]]:
    source = {**SLACK, "name": EVIL}
    return [published(id=f"image-{n}", short=f"IMG-{n:04d}", source=source, **changes) for n in range(number)]


def initial(view: dict[str, Any]) -> dict[str, str]:
    found = [block for block in view["blocks"] if block["type"] == "input"]
    return {b["block_id"].partition(":")[0]: b["element"].get("initial_value", "") for b in found}


@pytest.mark.parametrize("number", [1, 2, 100])
def test_every_modal_fits_for_one_picture_and_for_a_hundred(number: int) -> None:
    reports = many(number)
    more = offers(reports[0], ADA, withdrawn=False)
    views = [
        markup_form.markup_form(reports, reports[-1], SEAT.metadata),
        opinion_form.opinion_form(reports, SEAT.metadata),
        opinion_form.thanks(("nudity",)),
        more_form.more_form(reports, reports[-1], more, "Busy.", SEAT.metadata),
        more_form.telling(reports, reports[-1], "Done.", SEAT.metadata),
        markup_form.gone("Gone."),
    ]
    for view in views:
        assert view_problems(view) == []
        marked = [b["text"]["text"] for b in view["blocks"] if b.get("text", {}).get("type") == "mrkdwn"]
        assert "<!channel>" not in "".join(marked)


def test_the_markup_is_there_to_the_letter() -> None:
    one = published(alt='A "lake" & <hills>')
    one = {**one, **markup_form.rewritten(one, one["alt"])}
    shown = initial(markup_form.markup_form([one], one, ""))
    assert shown == {"alt": one["alt"], **one["html"]}
    assert "&quot;lake&quot; &amp; &lt;hills&gt;" in shown["img"]


def test_markup_that_is_too_long_for_a_field_is_shown_whole_all_the_same() -> None:
    long = published(renditions=renditions(PAGE.replace("pictures", "p" * 60 + "." + "q" * 60)))
    long = {**long, **markup_form.rewritten(long, "x" * LONGEST)}
    view = markup_form.markup_form([long], long, SEAT.metadata)
    assert view_problems(view) == []
    assert len(long["html"]["picture"]) > 3000
    codes = [block for block in view["blocks"] if block["type"] == "rich_text"]
    assert codes[0]["elements"][0]["elements"][0]["text"] == long["html"]["picture"]


def test_fields_change_their_name_with_their_content() -> None:
    """Slack keeps what stands in a field while a modal changes and the field's name does not."""
    one, other = many(2)
    described = markup_form.rewritten(one, "Another description")
    names = [
        [block["block_id"] for block in markup_form.markup_form([one, other], shown, "")["blocks"][2:]]
        for shown in (one, other, described)
    ]
    assert not set(names[0]) & set(names[1])
    assert not set(names[0]) & set(names[2])
    again = markup_form.markup_form([one, other], one, "")["blocks"][2:]
    assert [block["block_id"] for block in again] == names[0]


def test_what_is_typed_is_found_whatever_the_field_is_called() -> None:
    assert markup_form.entered({"img:1": {"img": {"value": "y"}}, "alt:7": {"alt": {"value": "x"}}}) == (
        "alt:7",
        "x",
    )
    assert markup_form.entered({}) == ("alt", "")


def test_a_modal_that_cannot_open_says_the_same_in_words() -> None:
    one = published()
    words = "\n".join(said(markup_form.markup_form([one], one, "")))
    assert "```&lt;img src=" in words
    assert "<img" not in words


def test_nothing_to_do_is_said() -> None:
    one = report()
    assert more_form.NOTHING in str(more_form.more_form([one], one, [], "", ""))


ODD = st.text(max_size=120)


@settings(deadline=None, max_examples=60)
@given(st.lists(ODD, min_size=1, max_size=5), ODD, st.text(min_size=1, max_size=LONGEST))
def test_whatever_files_are_called_slack_takes_the_modals(names: list[str], error: str, alt: str) -> None:
    reports = [
        published(id=str(n), source={**SLACK, "name": name}, alt=alt, actors={"a": {"state": "failed"}})
        for n, name in enumerate(names)
    ]
    more = offers(reports[0], ADA, withdrawn=False)
    for view in (
        markup_form.markup_form(reports, reports[0], SEAT.metadata),
        opinion_form.opinion_form(reports, SEAT.metadata),
        more_form.more_form(reports, reports[0], more, error, SEAT.metadata),
    ):
        assert view_problems(view) == []


def test_metadata_stays_within_its_limit() -> None:
    assert json.loads(SEAT.metadata)["respond"] == SEAT.respond
    long = Seat("C1", "1.1", "x", "https://hooks.slack.com/" + "x" * 3000)
    assert len(long.metadata) <= 3000
    assert json.loads(long.metadata)["channel"] == "C1"
