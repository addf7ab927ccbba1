"""Uploads by the app: an address to post the bytes to, then a call that shares them a moment later.

Source: docs.slack.dev/messaging/working-with-files, files.getUploadURLExternal, files.completeUploadExternal.
"""

from __future__ import annotations

import asyncio
import time

from sandbox import posting
from sandbox.api.call import Call, method, missing
from sandbox.api.content import checked_blocks
from sandbox.file_shapes import file_json
from sandbox.model import Channel, File, Json, Message
from sandbox.pictures import file_type
from sandbox.refusal import Refusal


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(call: Call) -> Json:
    """An absolute address for the bytes, and the file's future id."""
    name = call.needed("filename")
    if call.number("length", 0) < 1:
        raise missing("length")
    mimetype, filetype = file_type(name, b"")
    id = call.room.workspace.clock.id("F")
    file = File(id, name, name, mimetype, filetype, call.user, int(time.time()), b"")
    file.alt_text = call.text("alt_txt")
    call.room.workspace.pending[id] = file
    return {"upload_url": f"{call.room.config.base_url.rstrip('/')}/upload/v1/{id}", "file_id": id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(call: Call) -> Json:
    """Finish uploads and share them, asynchronously: `shares` of the answer is still empty.

    Refusals: file_not_found (nothing was uploaded under that id), channel_not_found, not_in_channel.
    """
    listed = call.structure("files") or []
    if not isinstance(listed, list) or not listed:
        raise missing("files")
    channels = [_target(call, id) for id in _channel_ids(call)]
    blocks = checked_blocks(call.room, call.structure("blocks", "invalid_blocks_format"))
    files = _finish(call, listed)
    shapes = [file_json(call.room.workspace, file) for file in files]
    for channel in channels:
        message = Message(
            ts="",
            user=call.user,
            text=call.text("initial_comment"),
            channel=channel.id,
            blocks=blocks,
            thread_ts=call.text("thread_ts"),
            subtype="file_share",
            files=[file.id for file in files],
        )
        call.room.post_office.spawn(_share(call, message))
    return {"files": shapes}


def _channel_ids(call: Call) -> list[str]:
    ids = [call.text("channel_id"), *call.text("channels").split(",")]
    return list(dict.fromkeys(id.strip() for id in ids if id.strip()))


def _target(call: Call, id: str) -> Channel:
    channel = call.room.workspace.channel(id, call.user)
    if call.user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _finish(call: Call, listed: list[Json]) -> list[File]:
    """All of them or none, so that a refused call can be repeated."""
    pending, titles = call.room.workspace.pending, {}
    for item in listed:
        file = pending.get(str(item.get("id"))) if isinstance(item, dict) else None
        if file is None or not file.data:
            raise Refusal("file_not_found")
        titles[file.id] = str(item.get("title") or file.name)
    files = [pending.pop(id) for id in titles]
    for file in files:
        file.title = titles[file.id]
        call.room.workspace.files[file.id] = file
    return files


async def _share(call: Call, message: Message) -> None:
    await asyncio.sleep(call.room.config.share_seconds)
    message.ts = call.room.workspace.clock.ts()
    posting.publish(call.room, message)
