"""Block Kit blocks within their limits.

Limits: docs.slack.dev/reference/block-kit/blocks (section 3000 characters, context 10 elements, 50 blocks a
message) and /reference/block-kit/composition-objects/text-object. ``verbatim`` keeps Slack from turning
somebody's words into links and mentions; escaped entities and our own ``<...>`` still work.
"""

from collections.abc import Sequence
from typing import Any

Block = dict[str, Any]
MESSAGE_BLOCKS = 50
SECTION = 3000
TEXT = 4000
ALL_BLOCKS = 12_000
"""Slack refuses about 13,200 characters in all blocks of one message together."""


def mrkdwn(words: str, limit: int = SECTION) -> dict[str, Any]:
    """A text object, cut at the end of a line."""
    return {"type": "mrkdwn", "text": cut(words, limit), "verbatim": True}


def section(words: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": mrkdwn(words)}


def context(words: str) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": [mrkdwn(words)]}


def button(words: str, action: str, value: str, **more: Any) -> Block:
    """One button; ``more``: style, confirm."""
    text = {"type": "plain_text", "text": words}
    return {"type": "button", "text": text, "action_id": action, "value": value, **more}


def actions(elements: Sequence[Block]) -> Block:
    """Buttons and menus in one row."""
    return {"type": "actions", "elements": list(elements)}


def cut(words: str, limit: int) -> str:
    """At most ``limit`` characters, whole lines, saying that there was more."""
    if len(words) <= limit:
        return words
    kept = words[: limit - 2].rpartition("\n")[0] or _unbroken(words[: limit - 2])
    return kept + "\n…"


def _unbroken(words: str) -> str:
    """Without a link or an entity that the cut went through."""
    for opened, closed in (("<", ">"), ("&", ";")):
        if words.rfind(opened) > words.rfind(closed):
            words = words[: words.rfind(opened)]
    return words
