"""Every limit of Block Kit: what just fits passes, one more is refused in Slack's words, at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.blocks import problems, total_length, view_problems
from tests.sandbox.kit import (
    CONFIRM,
    actions,
    button,
    context,
    entry,
    image,
    modal,
    mrkdwn,
    option,
    plain,
    rich,
    section,
)

Make = Callable[[str], Any]
Many = Callable[[int], Any]

PIE = {"type": "pie", "segments": [{"label": "done", "value": 3}]}
TEXTS: dict[str, tuple[int, str, Make]] = {
    "section text": (3000, "/text/text", lambda t: section(text=mrkdwn(t))),
    "section field": (2000, "/fields/0/text", lambda t: section(fields=[mrkdwn(t)])),
    "header": (150, "/text/text", lambda t: {"type": "header", "text": plain(t)}),
    "context text": (3000, "/elements/0/text", lambda t: context(mrkdwn(t))),
    "block_id": (255, "/block_id", lambda t: {"type": "divider", "block_id": t}),
    "markdown": (12_000, "/text", lambda t: {"type": "markdown", "text": t}),
    "image alt_text": (2000, "/alt_text", lambda t: image(alt_text=t)),
    "image title": (2000, "/title/text", lambda t: image(title=plain(t))),
    "image element alt_text": (2000, "/elements/0/alt_text", lambda t: context(image(alt_text=t))),
    "button text": (75, "/elements/0/text/text", lambda t: actions(button(text=plain(t)))),
    "button value": (2000, "/elements/0/value", lambda t: actions(button(value=t))),
    "button action_id": (255, "/elements/0/action_id", lambda t: actions(button(action_id=t))),
    "accessibility_label": (
        75,
        "/elements/0/accessibility_label",
        lambda t: actions(button(accessibility_label=t)),
    ),
    "confirm title": (
        100,
        "/elements/0/confirm/title/text",
        lambda t: actions(button(confirm={**CONFIRM, "title": plain(t)})),
    ),
    "confirm text": (
        300,
        "/elements/0/confirm/text/text",
        lambda t: actions(button(confirm={**CONFIRM, "text": mrkdwn(t)})),
    ),
    "confirm button": (
        30,
        "/elements/0/confirm/confirm/text",
        lambda t: actions(button(confirm={**CONFIRM, "confirm": plain(t)})),
    ),
    "option text": (
        75,
        "/elements/0/options/0/text/text",
        lambda t: actions({"type": "overflow", "options": [option(t)]}),
    ),
    "option value": (
        150,
        "/elements/0/options/0/value",
        lambda t: actions({"type": "overflow", "options": [option("x", t)]}),
    ),
    "placeholder": (
        150,
        "/elements/0/placeholder/text",
        lambda t: actions({"type": "static_select", "options": [option()], "placeholder": plain(t)}),
    ),
    "input label": (2000, "/label/text", lambda t: entry({"type": "plain_text_input"}, label=plain(t))),
    "card title": (150, "/title/text", lambda t: {"type": "card", "title": mrkdwn(t)}),
    "card body": (200, "/body/text", lambda t: {"type": "card", "body": mrkdwn(t)}),
    "chart title": (50, "/title", lambda t: {"type": "data_visualization", "title": t, "chart": PIE}),
}


@pytest.mark.parametrize(("most", "where", "make"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_of_just_the_limit_and_one_more(most: int, where: str, make: Make) -> None:
    assert problems([make("x" * most)]) == []
    expected = f"must be less than {most + 1} characters [json-pointer:/blocks/0{where}]"
    assert expected in problems([make("x" * (most + 1))])


@pytest.mark.parametrize(("most", "where", "make"), TEXTS.values(), ids=TEXTS.keys())
def test_an_empty_text(most: int, where: str, make: Make) -> None:
    assert f"must be more than 0 characters [json-pointer:/blocks/0{where}]" in problems([make("")])


COUNTS: dict[str, tuple[int, str, Many]] = {
    "fields": (10, "/fields", lambda n: section(fields=[mrkdwn()] * n)),
    "context": (10, "/elements", lambda n: context(*[mrkdwn()] * n)),
    "actions": (25, "/elements", lambda n: actions(*[button(action_id=str(i)) for i in range(n)])),
    "overflow": (
        5,
        "/elements/0/options",
        lambda n: actions({"type": "overflow", "options": [option()] * n}),
    ),
    "select": (
        100,
        "/elements/0/options",
        lambda n: actions({"type": "static_select", "options": [option()] * n}),
    ),
    "checkboxes": (
        10,
        "/elements/0/options",
        lambda n: actions({"type": "checkboxes", "options": [option()] * n}),
    ),
    "table rows": (
        100,
        "/rows",
        lambda n: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * n},
    ),
    "table cells": (
        20,
        "/rows/0",
        lambda n: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * n]},
    ),
    "carousel": (
        10,
        "/elements",
        lambda n: {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn()}] * n},
    ),
    "container": (
        10,
        "/child_blocks",
        lambda n: {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}] * n},
    ),
}


@pytest.mark.parametrize(("most", "where", "make"), COUNTS.values(), ids=COUNTS.keys())
def test_as_many_as_allowed_and_one_more(most: int, where: str, make: Many) -> None:
    assert problems([make(most)]) == []
    assert f"no more than {most} items allowed [json-pointer:/blocks/0{where}]" in problems([make(most + 1)])


@pytest.mark.parametrize(("most", "where", "make"), COUNTS.values(), ids=COUNTS.keys())
def test_none_at_all(most: int, where: str, make: Many) -> None:
    assert f"no fewer than 1 items required [json-pointer:/blocks/0{where}]" in problems([make(0)])


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_blocks_of_a_surface(surface: Any, most: int) -> None:
    assert problems([{"type": "divider"}] * most, surface) == []
    assert problems([{"type": "divider"}] * (most + 1), surface) == [
        f"no more than {most} items allowed [json-pointer:/blocks]"
    ]


def test_two_charts_and_no_more() -> None:
    chart = {"type": "data_visualization", "title": "x", "chart": PIE}
    assert problems([chart] * 2) == []
    assert problems([chart] * 3) == [
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"
    ]


def test_addresses() -> None:
    assert problems([image(image_url="ftp://example.org/a.png")]) == [
        "invalid url [json-pointer:/blocks/0/image_url]"
    ]
    long = "https://example.org/" + "x" * 3000
    assert problems([image(image_url=long)]) == [
        "must be less than 3001 characters [json-pointer:/blocks/0/image_url]"
    ]


def test_the_length_of_all_text_together() -> None:
    blocks = [
        section(text=mrkdwn("x" * 100)),
        context(mrkdwn("y" * 20)),
        actions(button(text=plain("z" * 5))),
    ]
    assert total_length(blocks) == 125
    assert total_length([rich({"type": "text", "text": "abc"}), {"type": "divider"}]) == 3


VIEW_TEXTS = {
    "title": (24, "/title/text", lambda t: modal(title=plain(t))),
    "close": (24, "/close/text", lambda t: modal(close=plain(t))),
    "submit": (24, "/submit/text", lambda t: modal(submit=plain(t))),
    "private_metadata": (3000, "/private_metadata", lambda t: modal(private_metadata=t)),
    "callback_id": (255, "/callback_id", lambda t: modal(callback_id=t)),
    "external_id": (255, "/external_id", lambda t: modal(external_id=t)),
}


@pytest.mark.parametrize(("most", "where", "make"), VIEW_TEXTS.values(), ids=VIEW_TEXTS.keys())
def test_texts_of_a_view(most: int, where: str, make: Make) -> None:
    assert view_problems(make("x" * most)) == []
    expected = f"must be less than {most + 1} characters [json-pointer:/view{where}]"
    assert expected in view_problems(make("x" * (most + 1)))
