"""Valid blocks to start from."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "x", value: str = "v") -> Json:
    return {"text": plain(text), "value": value}


def button(**extra: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", **extra}


def image(**extra: Any) -> Json:
    return {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a", **extra}


def section(**extra: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **extra}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def rich(*leaves: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def entry(element: Json, **extra: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **extra}


def modal(*blocks: Json, **extra: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **extra}


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}
CARD = [
    {"type": "header", "text": plain("Nothing to worry about")},
    section(fields=[mrkdwn("*Camera*\nX"), plain("y")], accessory=image()),
    {"type": "divider"},
    image(title=plain("A picture")),
    context(mrkdwn("took 812 ms"), image()),
    actions(
        button(style="primary", value="1", confirm=CONFIRM),
        {"type": "button", "text": plain(), "url": "https://example.org"},
        {"type": "overflow", "options": [option("a", "1"), option("b", "2")], "action_id": "o"},
        {"type": "static_select", "options": [option()], "placeholder": plain("Choose"), "action_id": "s"},
        {"type": "datepicker", "initial_date": "2026-11-22", "action_id": "d"},
    ),
    rich({"type": "text", "text": "bold", "style": {"bold": True}}, {"type": "emoji", "name": "eyes"}),
    {"type": "markdown", "text": "# Title"},
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "a"}, rich({"type": "link", "url": "https://a.org"})]],
    },
]
