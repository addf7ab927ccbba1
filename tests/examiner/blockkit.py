"""Block Kit's documented limits, as one small function. Source: docs.slack.dev/reference/block-kit."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
ALL = 13_200
"""Characters of all blocks together, beyond which Slack answers msg_blocks_too_long."""
KNOWN = {"section", "context", "actions", "divider", "header", "image"}


def faults(blocks: list[Json], most: int = 50) -> list[str]:
    """Everything that Slack would answer invalid_blocks to; ``most`` is 50 in messages and 100 in views."""
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    found = [f"{len(blocks)} blocks"] * (len(blocks) > most)
    found += ["too much in all"] * (len(json.dumps(blocks, ensure_ascii=False)) > ALL and most == 50)
    names = [block["block_id"] for block in blocks if "block_id" in block]
    found += ["a block_id twice"] * (len(names) != len(set(names)))
    found += ["a block_id too long"] * any(len(name) > 255 for name in names)
    return found + [fault for block in blocks for fault in _block(block)]


def _block(block: Json) -> Iterator[str]:
    match block.get("type"):
        case "section":
            if not block.get("text") and not block.get("fields"):
                yield "an empty section"
            yield from _text(block["text"], 3000) if block.get("text") else ()
            yield from (f for each in block.get("fields", []) for f in _text(each, 2000))
            yield from ["too many fields"] * (len(block.get("fields", [])) > 10)
        case "context":
            yield from _number(block, 10)
            yield from (f for each in block["elements"] if each["type"] != "image" for f in _text(each, 3000))
        case "actions":
            yield from _number(block, 25)
            yield from (f for each in block["elements"] for f in _button(each))
        case "header":
            yield from _text(block["text"], 150, plain=True)
        case "image":
            yield from ["an image needs one source"] * (("image_url" in block) == ("slack_file" in block))
            yield from ["an image needs alt_text"] * (not 0 < len(block.get("alt_text", "")) <= 2000)
        case kind:
            yield from [f"a block of type {kind}"] * (kind not in KNOWN)


def _number(block: Json, most: int) -> Iterator[str]:
    if not 0 < len(block.get("elements", [])) <= most:
        yield f"{block['type']} with {len(block.get('elements', []))} elements"


def _text(text: Json, most: int, *, plain: bool = False) -> Iterator[str]:
    kind, words = text.get("type"), text.get("text", "")
    if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
        yield f"a text of type {kind}"
    if not 0 < len(words) <= most:
        yield f"a text of {len(words)} characters where {most} may be"
    if (kind == "plain_text" and "verbatim" in text) or (kind == "mrkdwn" and "emoji" in text):
        yield f"{kind} with a field of the other"


def _button(button: Json) -> Iterator[str]:
    if button["type"] != "button":
        return
    yield from _text(button["text"], 75, plain=True)
    yield from ["no action_id"] * (not 0 < len(button.get("action_id", "")) <= 255)
    yield from ["a value too long"] * (len(button.get("value", "")) > 2000)
    yield from ["an unknown style"] * (button.get("style", "primary") not in ("primary", "danger"))
