"""The validator on anything at all: it never fails and never changes what it looks at."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.blocks import identify, problems, total_length, view_problems
from tests.sandbox.kit import CARD

WORDS = st.sampled_from(
    [
        *(
            "type",
            "text",
            "elements",
            "fields",
            "accessory",
            "options",
            "blocks",
            "title",
            "alt_text",
            "block_id",
            "value",
        ),
        *(
            "section",
            "header",
            "image",
            "context",
            "actions",
            "button",
            "plain_text",
            "mrkdwn",
            "rich_text",
            "overflow",
        ),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | WORDS
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)
POINTER = re.compile(r".+ \[json-pointer:/[^\]]*\]", re.DOTALL)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *[path for key, part in inner for path in paths(part, (*at, key))]]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = copy.copy(value)
    changed[path[0]] = put(value[path[0]], path[1:], new)
    return changed


@given(JSON)
def test_anything_gets_an_answer_and_stays_as_it_is(value: Any) -> None:
    before = copy.deepcopy(value)
    found = problems(value) + problems(value, "modal") + view_problems(value)
    assert value == before
    assert all(POINTER.fullmatch(problem) for problem in found)


@given(st.lists(st.dictionaries(WORDS, JSON, max_size=5), max_size=5))
def test_lists_of_anything(blocks: list[Any]) -> None:
    if not problems(blocks):
        filled = identify(blocks, lambda prefix: prefix + "1")
        assert all(block["block_id"] for block in filled)


@settings(max_examples=200)
@given(st.sampled_from(paths(CARD)), JSON)
def test_a_card_with_one_part_replaced_by_anything(path: tuple[Any, ...], new: Any) -> None:
    changed = put(CARD, path, new)
    found = problems(changed)
    if not found:
        again = json.loads(json.dumps(changed))
        assert problems(again) == []
        assert total_length(again) >= 0


@given(st.text(min_size=1, max_size=3000))
def test_any_text_that_fits_is_right(text: str) -> None:
    assert problems([{"type": "section", "text": {"type": "mrkdwn", "text": text}}]) == []


@given(st.integers(0, 60))
def test_the_number_of_blocks_alone_decides(count: int) -> None:
    assert bool(problems([{"type": "divider"}] * count)) == (count > 50)
