"""The blocks themselves and their limits.

Source: docs.slack.dev/reference/block-kit/blocks, one page per block.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.blocks.charts import CHART
from sandbox.blocks.elements import (
    ACCESSORY,
    CONTEXT_ACTIONS,
    IMAGE,
    INPUTS,
    INTERACTIVE,
)
from sandbox.blocks.rich import CELL, RICH_TEXT, RICH_TEXT_ENTITY
from sandbox.blocks.schema import (
    Check,
    anything,
    array,
    boolean,
    both,
    by_type,
    exactly_one_of,
    number,
    one_of,
    record,
    some_of,
    string,
    web_address,
)
from sandbox.blocks.texts import ID, PICTURE, plain, text

BLOCK = {"block_id": ID}
CONTEXT_PART = by_type(
    {
        "image": IMAGE,
        "plain_text": record({"text": string(3000)}, {"emoji": boolean}),
        "mrkdwn": record({"text": string(3000)}, {"verbatim": boolean}),
    }
)
TASK_CARD = record(
    {
        "task_id": string(255),
        "title": string(3000),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {**BLOCK, "details": RICH_TEXT_ENTITY, "output": RICH_TEXT_ENTITY, "sources": array(anything, 100, 0)},
)
CARD = both(
    record(
        {},
        {
            **BLOCK,
            "hero_image": by_type({"image": IMAGE}),
            "icon": by_type({"image": IMAGE}),
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": array(by_type(INTERACTIVE), 5),
        },
    ),
    some_of("hero_image", "title", "actions", "body"),
)

COMMON: Mapping[str, Check] = {
    "section": both(
        record(
            {},
            {
                **BLOCK,
                "text": text(3000),
                "fields": array(text(2000), 10),
                "accessory": ACCESSORY,
                "expand": boolean,
            },
        ),
        some_of("text", "fields"),
    ),
    "header": record({"text": plain(150)}, BLOCK),
    "divider": record({}, BLOCK),
    "image": both(
        record({"alt_text": PICTURE["alt_text"]}, {**BLOCK, **PICTURE, "title": plain(2000)}),
        exactly_one_of("image_url", "slack_file"),
    ),
    "context": record({"elements": array(CONTEXT_PART, 10)}, BLOCK),
    "actions": record({"elements": array(by_type(INTERACTIVE), 25)}, BLOCK),
    "context_actions": record({"elements": array(by_type(CONTEXT_ACTIONS), 5)}, BLOCK),
    "rich_text": RICH_TEXT,
    "markdown": record({"text": string(12_000)}, BLOCK),
    "video": record(
        {
            "alt_text": string(2000),
            "title": plain(200),
            "video_url": web_address(),
            "thumbnail_url": web_address(),
        },
        {
            **BLOCK,
            "title_url": web_address(),
            "description": plain(200),
            "provider_name": string(200),
            "provider_icon_url": web_address(),
            "author_name": string(50),
        },
    ),
    "input": record(
        {"label": plain(2000), "element": by_type(INPUTS)},
        {**BLOCK, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "table": record(
        {"rows": array(array(CELL, 20), 100)}, {**BLOCK, "column_settings": array(anything, 20, 0)}
    ),
    "task_card": TASK_CARD,
    "plan": record(
        {"title": string(3000)}, {**BLOCK, "tasks": array(by_type({"task_card": TASK_CARD}), 50, 0)}
    ),
    "card": CARD,
    "carousel": record({"elements": array(by_type({"card": CARD}), 10)}, BLOCK),
}
NESTED = {
    kind: COMMON[kind]
    for kind in ("section", "header", "divider", "image", "context", "actions", "rich_text")
}
CONTAINER = both(
    record(
        {"child_blocks": array(by_type(NESTED), 10)},
        {
            **BLOCK,
            "title": plain(150),
            "rich_text_title": RICH_TEXT_ENTITY,
            "subtitle": text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": by_type({"image": IMAGE}),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
    some_of("title", "rich_text_title"),
)
MESSAGE: Mapping[str, Check] = {
    **COMMON,
    "container": CONTAINER,
    "data_visualization": record({"title": string(50), "chart": CHART}, BLOCK),
}
VIEW: Mapping[str, Check] = {
    **COMMON,
    "alert": record(
        {"text": text(3000)}, {**BLOCK, "level": one_of("default", "info", "warning", "error", "success")}
    ),
}
MODAL_FIELDS: Mapping[str, Check] = {
    "callback_id": string(255, 0),
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
    "close": plain(24),
    "submit": plain(24),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
    "app_id": anything,
    "max_files": number,
}
