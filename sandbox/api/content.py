"""What a message may consist of, checked as Slack checks it: text, blocks, attachments, metadata."""

from __future__ import annotations

from typing import Any

from sandbox.api.call import Call
from sandbox.blocks import identify, problems, total_length
from sandbox.model import Json
from sandbox.refusal import Refusal
from sandbox.room import Room

TEXT_LIMIT = 4000
BLOCKS_TOTAL_LIMIT = 13_200
METADATA_LIMIT = 16_000


def invalid_blocks(found: list[str]) -> Refusal:
    """Slack's refusal with every problem, in `errors` and in `response_metadata.messages`."""
    messages = [f"[ERROR] {problem}" for problem in found]
    return Refusal("invalid_blocks", errors=found, response_metadata={"messages": messages})


def read_content(call: Call) -> tuple[str, list[Json], list[Json], Json | None]:
    """(text, blocks, attachments, metadata) of chat.postMessage, chat.update and chat.postEphemeral.

    Refusals: no_text, msg_too_long (over 4,000 characters: what Slack advises and chat.update enforces; real
    chat.postMessage cuts at 40,000), invalid_blocks, invalid_blocks_format, msg_blocks_too_long (all blocks
    together about 13,200 characters), invalid_metadata_format, invalid_metadata_schema, metadata_too_large.
    """
    text = call.text("text")
    blocks = checked_blocks(call.room, call.structure("blocks", "invalid_blocks_format"))
    attachments = checked_attachments(call.structure("attachments", "invalid_attachments"))
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    if len(text) > TEXT_LIMIT:
        raise Refusal("msg_too_long")
    return text, blocks, attachments, _metadata(call.structure("metadata", "invalid_metadata_format"))


def checked_blocks(room: Room, blocks: Any) -> list[Json]:
    """The blocks of a message with ids filled in, or the refusal that Slack would answer."""
    if blocks is None or blocks == []:
        return []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    found = problems(blocks) + _not_here(room, blocks)
    if found:
        raise invalid_blocks(found)
    if total_length(blocks) > BLOCKS_TOTAL_LIMIT:
        raise Refusal("msg_blocks_too_long")
    return identify(blocks, room.workspace.clock.id)


def checked_attachments(attachments: Any) -> list[Json]:
    """A list of objects, whatever is in them; invalid_attachments otherwise."""
    given = attachments or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Refusal("invalid_attachments")
    return given


def _not_here(room: Room, blocks: list[Json]) -> list[str]:
    found = []
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if block.get("type") == "data_visualization" and not room.switches.data_visualization:
            found.append(f"unsupported type: data_visualization [json-pointer:/blocks/{index}/type]")
        found += [f"invalid slack file [json-pointer:/blocks/{index}{at}]" for at in _lost_files(room, block)]
    return found


def _lost_files(room: Room, block: Json) -> list[str]:
    parts = {"": block, "/accessory": block.get("accessory")}
    elements = block.get("elements")
    if isinstance(elements, list):
        parts |= {f"/elements/{i}": element for i, element in enumerate(elements)}
    lost = []
    for at, part in parts.items():
        named = part.get("slack_file") if isinstance(part, dict) else None
        if isinstance(named, dict) and not _known(room, named):
            lost.append(f"{at}/slack_file")
    return lost


def _known(room: Room, named: Json) -> bool:
    live = [file for file in room.workspace.files.values() if not file.deleted]
    url = str(named.get("url") or "")
    return any(
        named.get("id") == f.id or (url and f"-{f.id}/" in url) or (url and f"/{f.id}/" in url) for f in live
    )


def _metadata(value: Any) -> Json | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Refusal("invalid_metadata_format")
    if not isinstance(value.get("event_type"), str) or not isinstance(value.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(str(value)) > METADATA_LIMIT:
        raise Refusal("metadata_too_large")
    return value
