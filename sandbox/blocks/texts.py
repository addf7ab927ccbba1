"""Composition objects: text, option, option group, confirmation, the image's source.

Source: docs.slack.dev/reference/block-kit/composition-objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.blocks.schema import (
    Check,
    array,
    at,
    boolean,
    both,
    by_type,
    exactly_one_of,
    record,
    string,
    web_address,
)

ID = string(255)


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return _text(by_type({"plain_text": record({"text": string(most, least)}, {"emoji": boolean})}))


def text(most: int, least: int = 1) -> Check:
    """A plain_text or mrkdwn object."""
    kinds = {
        "plain_text": record({"text": string(most, least)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(most, least)}, {"verbatim": boolean}),
    }
    return _text(by_type(kinds))


def _text(inner: Check) -> Check:
    def check(value: Any, pointer: str) -> Iterator[str]:
        found = list(inner(value, pointer))
        if found:
            yield at("failed to match all allowed schemas", pointer)
        yield from found

    return check


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30)},
    {"deny": plain(30), "style": string(20)},
)
OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75), "url": web_address()})
OPTION_GROUP = record({"label": plain(75), "options": array(OPTION, 100)})
SLACK_FILE = both(record({}, {"id": string(255), "url": web_address()}), exactly_one_of("id", "url"))
PICTURE = {"alt_text": string(2000), "image_url": web_address(), "slack_file": SLACK_FILE}
