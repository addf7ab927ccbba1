"""What belongs in a block and what does not; and that what slack_sdk builds is accepted."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View

from sandbox.blocks import identify, problems, view_problems
from tests.sandbox.kit import (
    CARD,
    Json,
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


def test_a_whole_card_is_accepted() -> None:
    assert problems(CARD) == []
    assert problems([]) == []


@pytest.mark.parametrize("index", range(len(CARD)))
def test_every_block_refuses_a_property_it_does_not_know(index: int) -> None:
    block = {**CARD[index], "colour": "red"}
    assert problems([block]) == ["invalid additional property: colour [json-pointer:/blocks/0]"]


@pytest.mark.parametrize("index", range(len(CARD)))
def test_the_pointer_names_the_place_in_the_list(index: int) -> None:
    blocks = copy.deepcopy(CARD)
    blocks[index] = {"type": "nonsense"}
    assert problems(blocks) == [f"unsupported type: nonsense [json-pointer:/blocks/{index}/type]"]


WRONG: dict[str, tuple[Json, str]] = {
    "no type": ({}, "missing required field: type [json-pointer:/blocks/0]"),
    "section of nothing": ({"type": "section"}, "must provide one of: text, fields [json-pointer:/blocks/0]"),
    "header in mrkdwn": (
        {"type": "header", "text": mrkdwn()},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "text without type": (
        section(text={"text": "x"}),
        "missing required field: type [json-pointer:/blocks/0/text]",
    ),
    "text as a string": (section(text="x"), "must provide an object [json-pointer:/blocks/0/text]"),
    "image without alt_text": (
        {"type": "image", "image_url": "https://a.org/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "image of nothing": (
        {"type": "image", "alt_text": "a"},
        "must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
    ),
    "image of both": (
        image(slack_file={"id": "F1"}),
        "must provide exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
    ),
    "slack_file of both": (
        {"type": "image", "alt_text": "a", "slack_file": {"id": "F1", "url": "https://a.org"}},
        "must provide exactly one of: id, url [json-pointer:/blocks/0/slack_file]",
    ),
    "accessory of the wrong kind": (
        section(accessory={"type": "plain_text_input"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    ),
    "image among actions": (
        actions(image()),
        "unsupported type: image [json-pointer:/blocks/0/elements/0/type]",
    ),
    "button in a context": (
        context(button()),
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    "a style of one's own": (
        actions(button(style="warning")),
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "select of both": (
        actions({"type": "static_select", "options": [option()], "option_groups": []}),
        "must provide exactly one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
    ),
    "task in a state of its own": (
        {"type": "task_card", "task_id": "1", "title": "x", "status": "done"},
        "must be one of: pending, in_progress, complete, error [json-pointer:/blocks/0/status]",
    ),
    "alert in a message": (
        {"type": "alert", "text": mrkdwn()},
        "unsupported type: alert [json-pointer:/blocks/0/type]",
    ),
    "empty card": (
        {"type": "card"},
        "must provide one of: hero_image, title, actions, body [json-pointer:/blocks/0]",
    ),
    "rich text of something else": (
        rich({"type": "picture"}),
        "unsupported type: picture [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "a flag that is none": (
        entry({"type": "plain_text_input"}, optional="yes"),
        "must provide a boolean [json-pointer:/blocks/0/optional]",
    ),
    "a number that is none": (
        entry({"type": "plain_text_input", "max_length": []}),
        "must provide a number [json-pointer:/blocks/0/element/max_length]",
    ),
    "elements that are no list": (
        {"type": "actions", "elements": button()},
        "must provide an array [json-pointer:/blocks/0/elements]",
    ),
}


@pytest.mark.parametrize(("block", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_block(block: Json, problem: str) -> None:
    assert problem in problems([block])


def test_a_wrong_text_object_is_told_twice_as_slack_does() -> None:
    found = problems([section(text=mrkdwn("x" * 3001))])
    assert found[0] == "failed to match all allowed schemas [json-pointer:/blocks/0/text]"
    assert found[1].startswith("must be less than 3001 characters")


def test_blocks_that_are_no_list() -> None:
    assert problems({"type": "divider"}) == ["must provide an array [json-pointer:/blocks]"]
    assert problems(["divider"]) == ["must provide an object [json-pointer:/blocks/0]"]


def test_a_block_id_may_be_used_once() -> None:
    twice = [{"type": "divider", "block_id": "a"}, section(block_id="a")]
    assert problems(twice) == ["`block_id` already exists [json-pointer:/blocks/1/block_id]"]


def test_an_alert_belongs_in_a_modal() -> None:
    assert problems([{"type": "alert", "text": mrkdwn(), "level": "warning"}], "modal") == []


def test_ids_are_filled_in_without_touching_the_original() -> None:
    blocks = [actions({"type": "button", "text": plain()}, button(action_id="mine"))]
    before = copy.deepcopy(blocks)
    numbers = iter(range(100))
    (filled,) = identify(blocks, lambda prefix: f"{prefix}{next(numbers)}")
    assert blocks == before
    assert filled["block_id"].startswith("b")
    assert [element["action_id"] for element in filled["elements"]] == ["a0", "mine"]
    assert identify([filled], lambda prefix: "new") == [filled]


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        ({"type": "modal", "title": plain()}, "missing required field: blocks [json-pointer:/view]"),
        ({"type": "window", "blocks": []}, "unsupported type: window [json-pointer:/view/type]"),
        (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
        (modal({"type": "nonsense"}), "unsupported type: nonsense [json-pointer:/view/blocks/0/type]"),
        (modal(entry({"type": "plain_text_input"})), "missing required field: submit [json-pointer:/view]"),
        ("modal", "must provide an object [json-pointer:/view]"),
    ],
)
def test_what_is_wrong_with_a_view(view: Any, problem: str) -> None:
    assert problem in view_problems(view)


def test_a_home_tab_needs_no_title() -> None:
    assert view_problems({"type": "home", "blocks": CARD}) == []


def test_what_slack_sdk_builds_is_accepted() -> None:
    built = [
        sdk.HeaderBlock(text="Title"),
        sdk.SectionBlock(text="*x*", fields=["a", "b"], accessory=sdk.ButtonElement(text="b", action_id="a")),
        sdk.DividerBlock(),
        sdk.ImageBlock(image_url="https://a.org/a.png", alt_text="a", title="t"),
        sdk.ContextBlock(
            elements=[
                sdk.MarkdownTextObject(text="x"),
                sdk.ImageElement(image_url="https://a.org", alt_text="a"),
            ]
        ),
        sdk.ActionsBlock(
            elements=[
                sdk.ButtonElement(
                    text="b", action_id="1", style="danger", confirm=sdk.ConfirmObject(title="t", text="x")
                ),
                sdk.OverflowMenuElement(
                    action_id="2",
                    options=[sdk.Option(value="1", label="a"), sdk.Option(value="2", label="b")],
                ),
                sdk.StaticSelectElement(
                    action_id="3", options=[sdk.Option(value="1", label="a")], placeholder="p"
                ),
                sdk.DatePickerElement(action_id="4"),
                sdk.RadioButtonsElement(action_id="5", options=[sdk.Option(value="1", label="a")]),
            ]
        ),
        sdk.InputBlock(
            label="l", element=sdk.PlainTextInputElement(action_id="t", multiline=True), optional=True
        ),
        sdk.MarkdownBlock(text="# x"),
        sdk.TaskCardBlock(task_id="1", title="t", status="complete"),
    ]
    assert problems([block.to_dict() for block in built]) == []


def test_a_view_that_slack_sdk_builds_is_accepted() -> None:
    view = View(
        type="modal",
        title="Add a place",
        submit="Save",
        close="Cancel",
        callback_id="place",
        private_metadata="IMG-1",
        blocks=[
            sdk.InputBlock(block_id="p", label="Place", element=sdk.PlainTextInputElement(action_id="t"))
        ],
    )
    assert view_problems(view.to_dict()) == []
