"""Modals and the fields in them, within Slack's limits.

Limits: docs.slack.dev/reference/views/modal-views (title, submit and close 24 characters, private_metadata
3000, 100 blocks), /reference/block-kit/composition-objects/option-object (text 75, value 150) and
/reference/block-kit/block-elements/plain-text-input-element (initial_value 3000).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.blocks import Block, mrkdwn
from bot.cards.words import escape, line, link
from pipeline.ports import Report

View = dict[str, Any]
INPUT = 3000
"""Characters that a field can begin with."""
OPTION = 75
PICK, PICKED = "loupe_pick", "picture"
"""The menu that chooses among the pictures of a message: its action and its block."""


def modal(title: str, blocks: Sequence[Block], *, close: str = "Close", **more: Any) -> View:
    """A modal; ``more``: callback_id, private_metadata, submit (words)."""
    if "submit" in more:
        more["submit"] = plain(more["submit"])
    return {"type": "modal", "title": plain(title), "close": plain(close), "blocks": list(blocks), **more}


def plain(words: str) -> dict[str, Any]:
    """A plain_text object that leaves ``:words:`` between colons alone."""
    return {"type": "plain_text", "text": words, "emoji": False}


def field(block_id: str, label: str, element: Block, hint: str = "", *, optional: bool = True) -> Block:
    """An input with its label."""
    known = {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
    return {**known, "optional": optional, **({"hint": plain(hint)} if hint else {})}


def text_field(action: str, words: str = "", *, multiline: bool = False, most: int | None = None) -> Block:
    """Something to type into, or to copy out of."""
    known: Block = {"type": "plain_text_input", "action_id": action, "multiline": multiline}
    known |= {"initial_value": words[:INPUT]} if words else {}
    return known | ({"max_length": most} if most else {})


def option(words: str, value: str, tells: str = "") -> Block:
    """One thing to choose; ``tells`` stands below it."""
    known = {"text": plain(line(words, OPTION)), "value": value}
    return {**known, "description": plain(line(tells, OPTION))} if tells else known


def pictures(reports: Sequence[Report], chosen: Report) -> Block:
    """The menu of a message's pictures, by number, id and file name."""
    options = [option(_numbered(number, each), str(each["id"])) for number, each in enumerate(reports, 1)]
    first = next(each for each in options if each["value"] == str(chosen["id"]))
    known = {"type": "static_select", "action_id": PICK, "placeholder": plain("Choose a picture")}
    return {**known, "options": options, "initial_option": first}


def picker(reports: Sequence[Report], chosen: Report) -> list[Block]:
    """A row with that menu; nothing where there is nothing to choose."""
    if len(reports) < 2:
        return []
    words = f"*Picture* (of {len(reports)} in this message)"
    return [
        {
            "type": "section",
            "block_id": PICKED,
            "text": mrkdwn(words),
            "accessory": pictures(reports, chosen),
        }
    ]


def said(view: Mapping[str, Any]) -> list[str]:
    """A modal's words, for when it cannot be opened: paragraphs, links, and what its fields begin with."""
    found = []
    for block in view["blocks"]:
        words = (block.get("text") or {}).get("text")
        start = (block.get("element") or {}).get("initial_value")
        found += [words] if words else []
        found += [
            link(each["url"], each["text"]["text"]) for each in block.get("elements", ()) if "url" in each
        ]
        if start:
            fenced = escape(start).replace("```", "'''")
            found += [f"{escape(block['label']['text'])}:\n```{fenced}```"]
    return found


def _numbered(number: int, report: Report) -> str:
    given = (report.get("source") or {}).get("name") or ""
    return f"{number}. {report.get('short') or '?'} {given}"
