"""The rich_text block: sections, lists, quotes and preformatted text, and what they are made of.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.blocks.schema import Check, anything, array, boolean, by_type, number, one_of, record, string

STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
STYLED = {"style": STYLE}
LEAVES: Mapping[str, Check] = {
    "text": record({"text": string(12_000)}, STYLED),
    "link": record({"url": string(3000)}, {**STYLED, "text": string(12_000, 0), "unsafe": boolean}),
    "emoji": record(
        {"name": string(100)}, {**STYLED, "unicode": string(100), "skin_tone": number, "url": string(3000)}
    ),
    "user": record({"user_id": string(255)}, STYLED),
    "channel": record({"channel_id": string(255)}, STYLED),
    "usergroup": record({"usergroup_id": string(255)}, STYLED),
    "team": record({"team_id": string(255)}, STYLED),
    "broadcast": record({"range": one_of("here", "channel", "everyone")}, STYLED),
    "date": record(
        {"timestamp": number, "format": string(255)},
        {**STYLED, "url": string(3000), "fallback": string(3000)},
    ),
    "color": record({"value": string(20)}, STYLED),
}
INLINE = array(by_type(LEAVES), 1000, 0)
SECTION = record({"elements": INLINE})
PARTS: Mapping[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_quote": record({"elements": INLINE}, {"border": number}),
    "rich_text_preformatted": record({"elements": INLINE}, {"border": number, "language": string(50)}),
    "rich_text_list": record(
        {
            "style": one_of("bullet", "ordered"),
            "elements": array(by_type({"rich_text_section": SECTION}), 1000),
        },
        {"indent": number, "offset": number, "border": number},
    ),
}
RICH_TEXT = record({"elements": array(by_type(PARTS), 1000, 0)}, {"block_id": string(255)})
RICH_TEXT_ENTITY = by_type({"rich_text": RICH_TEXT})
CELL = by_type(
    {
        "rich_text": RICH_TEXT,
        "raw_text": record({"text": string(3000)}),
        "raw_number": record({"value": anything}, {"text": string(3000)}),
    }
)
