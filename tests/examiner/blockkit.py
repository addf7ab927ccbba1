"""Block Kit's documented limits, as one small function. Source: docs.slack.dev/reference/block-kit."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
ALL = 13_200
"""Characters of all blocks together, beyond which Slack answers msg_blocks_too_long."""
KNOWN = {"section", "context", "actions", "divider", "header", "image", "input", "rich_text"}


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
            yield from _button(block["accessory"]) if "accessory" in block else ()
        case "input":
            yield from _text(block["label"], 2000, plain=True)
            yield from _text(block["hint"], 2000, plain=True) if "hint" in block else ()
            yield from _input(block["element"])
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


def view_faults(view: Json) -> list[str]:
    """Everything that Slack would refuse in a modal."""
    found = faults(view["blocks"], 100)
    found += [
        f for key in ("title", "close", "submit") if key in view for f in _text(view[key], 24, plain=True)
    ]
    found += ["a modal with inputs and no submit"] * (
        any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view
    )
    found += ["private_metadata too long"] * (len(view.get("private_metadata") or "") > 3000)
    return found + ["callback_id too long"] * (len(view.get("callback_id") or "") > 255)


def _input(element: Json) -> Iterator[str]:
    yield from ["no action_id"] * (not 0 < len(element.get("action_id", "")) <= 255)
    yield from ["too much to begin with"] * (len(element.get("initial_value", "")) > 3000)
    yield from ["a max_length beyond 3000"] * (element.get("max_length", 1) > 3000)
    options = element.get("options")
    if options is not None:
        most = 100 if element["type"] == "static_select" else 10
        yield from ["too many options"] * (not 0 < len(options) <= most)
        yield from ["an option twice"] * (len({each["value"] for each in options}) < len(options))
        for each in options:
            yield from _text(each["text"], 75)
            yield from ["an option's value too long"] * (not 0 < len(each["value"]) <= 150)
            yield from _text(each["description"], 75, plain=True) if "description" in each else ()


def _button(button: Json) -> Iterator[str]:
    if button["type"] != "button":
        yield from _input(button)
        return
    yield from _text(button["text"], 75, plain=True)
    yield from ["no action_id"] * (not 0 < len(button.get("action_id", "")) <= 255)
    yield from ["a value too long"] * (len(button.get("value", "")) > 2000)
    if confirm := button.get("confirm"):
        limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        yield from (f for key, most in limits.items() for f in _text(confirm[key], most, plain=True))
    yield from ["an unknown style"] * (button.get("style", "primary") not in ("primary", "danger"))
