"""The modal with a picture's markup, and its description to change.

Fields hold the markup, since text in a field can be selected at once and copied on every device; what is
typed into them is not kept. A markup too long for a field stands in a preformatted block.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.cards.blocks import Block, context, section
from bot.cards.forms import INPUT, View, field, modal, picker, text_field
from bot.cards.words import escape
from pipeline.markup import markup
from pipeline.model import Rendition
from pipeline.ports import Report

CALLBACK, ALT = "loupe_markup_save", "alt"
KINDS = {
    "img": "<img>",
    "picture": "<picture>: AVIF and WebP, else JPEG",
    "amp": "<amp-img>, for AMP pages",
}
HOW = "Click into a field, select all, copy. Changes made to the markup here are not kept."
SAVED = "Saved. The markup below has the new description; the page follows in a moment."


def markup_form(reports: Sequence[Report], chosen: Report, metadata: str, note: str = HOW) -> View:
    """The modal for one of the published ``reports``."""
    alt = str(chosen.get("alt") or "")
    words: Mapping[str, str] = chosen.get("html") or {}
    described = field(
        f"{ALT}:{_digest(str(chosen['id']), alt)}",
        "Description for those who cannot see the picture (alt)",
        text_field(ALT, alt, multiline=True),
        "One sentence. Saving puts it into the markup and the page.",
        optional=False,
    )
    shown = [_shown(kind, title, words[kind], chosen) for kind, title in KINDS.items() if words.get(kind)]
    blocks = [*picker(reports, chosen), context(escape(note)), described, *shown]
    return modal(
        "Copy HTML", blocks, callback_id=CALLBACK, private_metadata=metadata, submit="Save description"
    )


def rewritten(report: Report, alt: str) -> Report:
    """The report as it will be once the picture is described like this."""
    files = [Rendition(**each) for each in report.get("renditions") or []]
    words = markup(files, alt)
    return {**report, "alt": alt, "html": asdict(words) if words else None}


def entered(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[str, str]:
    """The block of the description and what was typed there."""
    block = next((block for block in values if block.partition(":")[0] == ALT), ALT)
    return block, str((values.get(block) or {}).get(ALT, {}).get("value") or "")


def _shown(kind: str, title: str, words: str, chosen: Report) -> Block:
    if len(words) > INPUT:
        code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]}
        return {"type": "rich_text", "elements": [code]}
    # Slack keeps what stands in a field of the same name when a modal changes, so other words need another.
    return field(
        f"{kind}:{_digest(str(chosen['id']), words)}", title, text_field(kind, words, multiline=True)
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def gone(words: str) -> View:
    """A modal that only says something."""
    return modal("Copy HTML", [section(words)])
