"""What Slack adds to blocks that pass: ids for blocks and elements without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.blocks.elements import CONTEXT_ACTIONS, INPUTS, INTERACTIVE
from sandbox.model import Json

ACTING = set(INTERACTIVE) | set(INPUTS) | set(CONTEXT_ACTIONS)


def identify(blocks: list[Json], new_id: Callable[[str], str]) -> list[Json]:
    """A copy in which every block has a block_id and every interactive element an action_id."""
    return [{**_filled(block, new_id), "block_id": block.get("block_id") or new_id("b")} for block in blocks]


def _filled(part: Any, new_id: Callable[[str], str]) -> Any:
    if isinstance(part, list):
        return [_filled(item, new_id) for item in part]
    if not isinstance(part, dict):
        return part
    filled = {name: _filled(value, new_id) for name, value in part.items()}
    if part.get("type") in ACTING and not part.get("action_id"):
        filled["action_id"] = new_id("a")
    return filled


def total_length(blocks: list[Json]) -> int:
    """The characters of all text in the blocks together, which Slack limits to about 13,200 a message.

    Source: observed limit, github.com/slackapi/bolt-js issue 2509 (error msg_blocks_too_long).
    """
    return sum(_length(block) for block in blocks)


def _length(part: Any) -> int:
    if isinstance(part, list):
        return sum(_length(item) for item in part)
    if isinstance(part, dict):
        return sum(
            len(value) if name == "text" and isinstance(value, str) else _length(value)
            for name, value in part.items()
        )
    return 0
