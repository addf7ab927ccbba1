"""A digest after its parked runs were replayed: the same message, words in the button's place. Pure.

Slack shows blocks with more in them than it takes, a picture's size for one: only what it takes is kept.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.cards.blocks import TEXT, Block, context, cut
from bot.cards.digest import REPLAY
from bot.cards.message import Content
from bot.cards.words import count, date, person

TAKEN: Mapping[str, tuple[str, ...]] = {
    "header": ("text",),
    "context": ("elements",),
    "section": ("text",),
    "image": ("slack_file", "alt_text", "title"),
    "data_visualization": ("title", "chart"),
}
"""What a digest's blocks consist of, beside type and id."""
FILE = ("id",)
CHARTS = ("image", "data_visualization")


def settled(message: Mapping[str, Any], words: str) -> Iterator[Content]:
    """The message without the button, then without its chart as well, then as text alone."""
    text = cut(f"{message.get('text') or ''}\n{words}", TEXT)
    blocks = [kept for block in message.get("blocks") or () if (kept := _kept(block, words))]
    yield Content(text, tuple(blocks))
    yield Content(text, tuple(block for block in blocks if block["type"] not in CHARTS))
    yield Content(text)


def outcome(listed: int, done: int, by: str) -> str:
    """What became of the runs."""
    who = person(by) or "Somebody"
    left = f" {count(listed - done, 'run')} had been taken up or erased before." if done < listed else ""
    if not done:
        return f"Nothing is left to replay: what was parked has been taken up or erased. {_now()}"
    return f"{who} replayed {count(done, 'run')}, {_now()}.{left}"


def refused(operators: Collection[str]) -> str:
    """Who may, for somebody who may not."""
    names = ", ".join(filter(None, map(person, sorted(operators))))
    who = f"Only operators may replay runs: {names}." if names else "Nobody is named as an operator."
    return f"{who} `LOUPE_OPERATORS` names them; whoever runs Loupe can do it with `loupe replay --parked`."


def _kept(block: Mapping[str, Any], words: str) -> Block | None:
    kind = str(block.get("type"))
    if any(element.get("action_id") == REPLAY for element in block.get("elements") or ()):
        return context(words)
    if kind not in TAKEN:
        return None
    kept = {name: block[name] for name in ("type", "block_id", *TAKEN[kind]) if block.get(name) is not None}
    if "slack_file" in kept:
        kept["slack_file"] = {name: kept["slack_file"][name] for name in FILE if name in kept["slack_file"]}
    return kept


def _now() -> str:
    return date(datetime.now(UTC))
