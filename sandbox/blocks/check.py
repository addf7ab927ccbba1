"""The whole list of blocks, or a whole view, against the rules of its surface."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from sandbox.blocks.layout import MESSAGE, MODAL_FIELDS, VIEW
from sandbox.blocks.schema import Check, anything, array, at, by_type, record
from sandbox.blocks.texts import plain

Surface = Literal["message", "modal", "home"]
MOST_CHARTS = 2
SURFACES: dict[str, Check] = {
    "message": array(by_type(MESSAGE), 50, 0),
    "modal": array(by_type(VIEW), 100, 0),
    "home": array(by_type(VIEW), 100, 0),
}


def problems(blocks: Any, surface: Surface = "message") -> list[str]:
    """What Slack would refuse in these blocks, in its words, with JSON pointers; empty where all is right.

    `blocks` is the list as sent to chat.postMessage (surface message, at most 50) or inside a view (modal or
    home, at most 100). Whether an image can be fetched or a slack_file exists is not looked at.
    """
    found = list(SURFACES[surface](blocks, "/blocks"))
    if isinstance(blocks, list):
        found += _repeated(blocks) + _charts(blocks)
    return found


def _repeated(blocks: list[Any]) -> list[str]:
    named = [block.get("block_id") for block in blocks if isinstance(block, dict)]
    counts = Counter(id for id in named if isinstance(id, str))
    return [
        at("`block_id` already exists", f"/blocks/{index}/block_id")
        for index, block in enumerate(blocks)
        if isinstance(block, dict)
        and isinstance(block.get("block_id"), str)
        and counts[block["block_id"]] > 1
        and named.index(block["block_id"]) != index
    ]


def _charts(blocks: list[Any]) -> list[str]:
    charts = [b for b in blocks if isinstance(b, dict) and b.get("type") == "data_visualization"]
    return [at(f"no more than {MOST_CHARTS} data_visualization blocks allowed", "/blocks")] * (
        len(charts) > MOST_CHARTS
    )


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse in a modal or home view (title 24 characters, 100 blocks)."""
    return list(_view(view))


def _view(view: Any) -> Iterator[str]:
    if not isinstance(view, dict):
        yield at("must provide an object", "/view")
        return
    required: dict[str, Check] = {"blocks": anything}
    if view.get("type") == "modal":
        required["title"] = plain(24)
    elif view.get("type") != "home":
        yield at(f"unsupported type: {view.get('type')}", "/view/type")
        return
    fields = {name: value for name, value in view.items() if name != "blocks"} | {
        "blocks": view.get("blocks")
    }
    yield from record(required, MODAL_FIELDS)(fields, "/view")
    if view.get("blocks") is not None:
        for problem in problems(view["blocks"], view["type"]):
            yield problem.replace("[json-pointer:/blocks", "[json-pointer:/view/blocks", 1)
    if view["type"] == "modal" and _has_input(view.get("blocks")) and not view.get("submit"):
        yield at("missing required field: submit", "/view")


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
