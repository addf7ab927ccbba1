"""The limits of every element, input and option: n characters or items pass, n + 1 are refused in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.blocks import problems, view_problems
from sandbox.blocks.elements import CONTEXT_ACTIONS, INPUTS, INTERACTIVE
from sandbox.blocks.layout import COMMON, MESSAGE, VIEW
from tests.sandbox.kit import CONFIRM, actions, button, entry, modal, mrkdwn, option, plain, rich, section

Make = Callable[[Any], dict[str, Any]]
PICKERS = sorted(kind for kind in INTERACTIVE if kind.endswith(("_select", "picker")))
TYPED = ["plain_text_input", "email_text_input", "url_text_input"]
MINIMAL: dict[str, dict[str, Any]] = {
    "button": {"text": plain()},
    "workflow_button": {"text": plain(), "workflow": {}},
    "overflow": {"options": [option()]},
    "checkboxes": {"options": [option()]},
    "radio_buttons": {"options": [option()]},
    "static_select": {"options": [option()]},
    "multi_static_select": {"options": [option()]},
    "number_input": {"is_decimal_allowed": True},
}


def one(kind: str, **fields: Any) -> dict[str, Any]:
    """The least that an element of this kind consists of, and more."""
    return {"type": kind} | MINIMAL.get(kind, {}) | fields


def placed(kind: str, **fields: Any) -> dict[str, Any]:
    """The element in a block that takes it."""
    return actions(one(kind, **fields)) if kind in INTERACTIVE else entry(one(kind, **fields))


def where(kind: str) -> str:
    return "/blocks/0/elements/0" if kind in INTERACTIVE else "/blocks/0/element"


def found(block: dict[str, Any]) -> list[str]:
    """What is wrong with it, in a modal, which takes every element."""
    return problems([block], "modal")


ELEMENTS = sorted(set(INTERACTIVE) | set(INPUTS))


@pytest.mark.parametrize("kind", ELEMENTS)
def test_the_least_of_every_element_is_accepted(kind: str) -> None:
    assert found(placed(kind)) == []


@pytest.mark.parametrize("kind", ELEMENTS)
def test_the_name_of_every_action_has_255_characters_at_most(kind: str) -> None:
    assert found(placed(kind, action_id="x" * 255)) == []
    assert found(placed(kind, action_id="x" * 256)) == [
        f"must be less than 256 characters [json-pointer:{where(kind)}/action_id]"
    ]


@pytest.mark.parametrize("kind", ELEMENTS)
def test_no_element_takes_a_property_of_its_own(kind: str) -> None:
    assert found(placed(kind, colour="red")) == [
        f"invalid additional property: colour [json-pointer:{where(kind)}]"
    ]


@pytest.mark.parametrize("kind", list(MINIMAL))
def test_what_an_element_must_have_is_named_when_it_is_missing(kind: str) -> None:
    for name in MINIMAL[kind]:
        without = {"type": kind} | {k: v for k, v in MINIMAL[kind].items() if k != name}
        block = actions(without) if kind in INTERACTIVE else entry(without)
        words = " ".join(found(block))
        assert f"missing required field: {name}" in words or "must provide exactly one of: options" in words


@pytest.mark.parametrize(
    "kind", [*PICKERS, *TYPED, "number_input", "rich_text_input", "checkboxes", "radio_buttons"]
)
def test_every_placeholder_has_150_characters_at_most(kind: str) -> None:
    assert found(placed(kind, placeholder=plain("x" * 150))) == []
    assert f"must be less than 151 characters [json-pointer:{where(kind)}/placeholder/text]" in found(
        placed(kind, placeholder=plain("x" * 151))
    )


@pytest.mark.parametrize("kind", [kind for kind in INTERACTIVE if kind not in ("workflow_button",)])
def test_every_confirmation_is_looked_into(kind: str) -> None:
    assert found(placed(kind, confirm=CONFIRM)) == []
    long = {**CONFIRM, "deny": plain("x" * 31)}
    assert f"must be less than 31 characters [json-pointer:{where(kind)}/confirm/deny/text]" in found(
        placed(kind, confirm=long)
    )


COUNTED: dict[str, tuple[int, Make, str]] = {
    "overflow": (5, lambda n: placed("overflow", options=[option()] * n), "options"),
    "radio": (10, lambda n: placed("radio_buttons", options=[option()] * n), "options"),
    "checked": (
        10,
        lambda n: placed("checkboxes", options=[option()] * 10, initial_options=[option()] * n),
        "initial_options",
    ),
    "several": (100, lambda n: placed("multi_static_select", options=[option()] * n), "options"),
    "groups": (
        100,
        lambda n: actions(
            {"type": "static_select", "option_groups": [{"label": plain(), "options": [option()]}] * n}
        ),
        "option_groups",
    ),
    "in a group": (
        100,
        lambda n: actions(
            {"type": "static_select", "option_groups": [{"label": plain(), "options": [option()] * n}]}
        ),
        "option_groups/0/options",
    ),
}


@pytest.mark.parametrize(("most", "make", "name"), COUNTED.values(), ids=COUNTED)
def test_as_many_options_as_allowed_and_one_more(most: int, make: Make, name: str) -> None:
    assert found(make(most)) == []
    assert found(make(most + 1)) == [
        f"no more than {most} items allowed [json-pointer:/blocks/0/elements/0/{name}]"
    ]
    assert f"no fewer than 1 items required [json-pointer:/blocks/0/elements/0/{name}]" in found(make(0))


@pytest.mark.parametrize(
    ("kind", "most"),
    [("multi_users_select", 100), ("multi_channels_select", 100), ("multi_conversations_select", 100)],
)
def test_as_many_chosen_from_the_start_as_allowed(kind: str, most: int) -> None:
    name = kind.replace("multi_", "initial_").replace("_select", "")
    assert found(placed(kind, **{name: ["U1"] * most})) == []
    assert found(placed(kind, **{name: ["U1"] * (most + 1)}))


WORDS: dict[str, tuple[int, str, Make]] = {
    "option description": (
        75,
        "/blocks/0/elements/0/options/0/description/text",
        lambda t: placed("overflow", options=[option() | {"description": plain(t)}]),
    ),
    "group label": (
        75,
        "/blocks/0/elements/0/option_groups/0/label/text",
        lambda t: actions(
            {"type": "static_select", "option_groups": [{"label": plain(t), "options": [option()]}]}
        ),
    ),
    "hint": (2000, "/blocks/0/hint/text", lambda t: entry(one("plain_text_input"), hint=plain(t))),
    "video title": (200, "/blocks/0/title/text", lambda t: video(title=plain(t))),
    "video description": (200, "/blocks/0/description/text", lambda t: video(description=plain(t))),
    "video author": (50, "/blocks/0/author_name", lambda t: video(author_name=t)),
    "video alt_text": (2000, "/blocks/0/alt_text", lambda t: video(alt_text=t)),
    "task title": (3000, "/blocks/0/title", lambda t: task(title=t)),
    "task id": (255, "/blocks/0/task_id", lambda t: task(task_id=t)),
    "plan title": (3000, "/blocks/0/title", lambda t: {"type": "plan", "title": t}),
    "alert": (3000, "/blocks/0/text/text", lambda t: {"type": "alert", "text": mrkdwn(t)}),
    "card subtitle": (
        150,
        "/blocks/0/subtitle/text",
        lambda t: {"type": "card", "title": plain(), "subtitle": plain(t)},
    ),
    "rich text": (
        12_000,
        "/blocks/0/elements/0/elements/0/text",
        lambda t: rich({"type": "text", "text": t}),
    ),
    "rich link": (
        3000,
        "/blocks/0/elements/0/elements/0/url",
        lambda t: rich({"type": "link", "url": t}),
    ),
    "cell": (
        3000,
        "/blocks/0/rows/0/0/text",
        lambda t: {"type": "table", "rows": [[{"type": "raw_text", "text": t}]]},
    ),
    "feedback": (
        75,
        "/blocks/0/elements/0/positive_button/text/text",
        lambda t: {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "positive_button": {"text": plain(t), "value": "1"},
                    "negative_button": {"text": plain(), "value": "0"},
                }
            ],
        },
    ),
}


def video(**fields: Any) -> dict[str, Any]:
    address = "https://example.org/"
    return {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "video_url": address,
        "thumbnail_url": address,
    } | fields


def task(**fields: Any) -> dict[str, Any]:
    return {"type": "task_card", "task_id": "1", "title": "x", "status": "pending"} | fields


@pytest.mark.parametrize(("most", "pointer", "make"), WORDS.values(), ids=WORDS)
def test_words_of_just_the_limit_and_one_more(most: int, pointer: str, make: Make) -> None:
    assert found(make("x" * most)) == []
    assert f"must be less than {most + 1} characters [json-pointer:{pointer}]" in found(
        make("x" * (most + 1))
    )


@pytest.mark.parametrize("value", ["12", "-3", "4.5", 7, 1.5])
def test_a_number_may_be_spelled_out(value: Any) -> None:
    assert found(entry(one("number_input", initial_value=value))) == []


@pytest.mark.parametrize("value", ["twelve", "", "1e5", "0x1f", "NaN", " 1", True, [], {}])
def test_words_are_no_number(value: Any) -> None:
    assert found(entry(one("number_input", initial_value=value))) == [
        "must provide a number [json-pointer:/blocks/0/element/initial_value]"
    ]


@pytest.mark.parametrize("kind", sorted(set(MESSAGE) ^ set(VIEW)))
def test_a_block_of_one_surface_is_refused_on_the_other(kind: str) -> None:
    here, there = ("message", "modal") if kind in MESSAGE else ("modal", "message")
    unsupported = f"unsupported type: {kind} [json-pointer:/blocks/0/type]"
    assert unsupported in problems([{"type": kind}], there)  # type: ignore[arg-type]
    assert unsupported not in problems([{"type": kind}], here)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(set(COMMON) - {"divider"}))
def test_a_block_with_nothing_in_it_is_refused(kind: str) -> None:
    assert found({"type": kind}) != []


@pytest.mark.parametrize("kind", sorted(CONTEXT_ACTIONS))
def test_what_stands_below_an_answer_stands_nowhere_else(kind: str) -> None:
    assert f"unsupported type: {kind} [json-pointer:/blocks/0/elements/0/type]" in found(
        actions({"type": kind})
    )


@given(
    st.sampled_from(ELEMENTS),
    st.sampled_from(["text", "options", "placeholder", "confirm", "value"]),
    st.data(),
)
def test_an_element_with_anything_in_it_gets_an_answer(kind: str, name: str, data: st.DataObject) -> None:
    junk = (
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
    )
    assert isinstance(found(placed(kind, **{name: data.draw(junk)})), list)


@pytest.mark.parametrize("blocks", [[], [{"type": "divider"}], [section(), {"type": "divider"}]])
def test_an_input_asks_for_a_way_to_submit(blocks: list[dict[str, Any]]) -> None:
    asking = entry(one("plain_text_input"))
    missing = "missing required field: submit [json-pointer:/view]"
    assert missing in view_problems(modal(*blocks, asking))
    assert view_problems(modal(*blocks, asking, submit=plain("Send"))) == []
    assert view_problems(modal(*blocks, actions(button()))) == []
