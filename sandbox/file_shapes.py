"""A file as Slack's JSON, and the addresses it has.

Source: docs.slack.dev/reference/objects/file-object and its samples.
"""

from __future__ import annotations

import re

from sandbox.model import File, Json
from sandbox.workspace import TEAM, TEAM_NAME, Workspace

PRETTY = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "webp": "WebP",
    "heic": "HEIC",
    "avif": "AVIF",
    "tiff": "TIFF",
    "bmp": "BMP",
    "pdf": "PDF",
    "text": "Plain Text",
}
THUMBS = (64, 80, 360, 480, 720, 960, 1024)


def base_url(space: Workspace) -> str:
    """The sandbox's own address without a slash at its end."""
    return space.base_url.rstrip("/")


def address_name(name: str) -> str:
    """A file's name as Slack writes it in addresses: small letters, digits, `_`, `-`, and dots within."""
    return re.sub(r"[^a-z0-9._-]+", "_", name.lower()).strip(".") or "file"


def stub_json(file: File) -> Json:
    """What a Slack Connect channel shows of a file in an event; files.info has the rest.

    Source: docs.slack.dev/apis/slack-connect, "Accessing files".
    """
    return {
        "id": file.id,
        "mode": "file_access",
        "file_access": "check_file_info",
        "created": 0,
        "timestamp": 0,
    }


def tombstone_json(file: File) -> Json:
    """What is left of a deleted file in its message."""
    return {"id": file.id, "mode": "tombstone"}


def file_json(space: Workspace, file: File) -> Json:
    """A file object with its addresses, its size and where it was shared."""
    base = base_url(space)
    name = address_name(file.name)
    private = f"{base}/files-pri/{TEAM}-{file.id}"
    shape: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": PRETTY.get(file.filetype, file.filetype.upper() or "Binary"),
        "user": file.user,
        "user_team": TEAM,
        "editable": False,
        "size": len(file.data),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": _is_public(space, file),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
        "permalink": f"{base}/files/{file.user}/{file.id}/{name}",
        "permalink_public": f"{base}/public/{TEAM}-{file.id}",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "media_display_type": "unknown",
    }
    if file.alt_text:
        shape["alt_txt"] = file.alt_text
    return shape | _picture(file, base) | _shares(space, file)


def _is_public(space: Workspace, file: File) -> bool:
    return any(space.channels[channel].kind == "channel" for channel, _ in file.shares)


def _picture(file: File, base: str) -> Json:
    if not (file.width and file.height):
        return {}
    shape: Json = {"original_w": file.width, "original_h": file.height}
    stem = address_name(file.name.rsplit(".", 1)[0])
    for size in THUMBS:
        scale = min(1.0, size / max(file.width, file.height))
        shape[f"thumb_{size}"] = f"{base}/files-tmb/{TEAM}-{file.id}/{stem}_{size}.jpg"
        if size >= 360:
            shape[f"thumb_{size}_w"] = max(1, round(file.width * scale))
            shape[f"thumb_{size}_h"] = max(1, round(file.height * scale))
    return shape


def _shares(space: Workspace, file: File) -> Json:
    shape: Json = {
        "channels": [],
        "groups": [],
        "ims": [],
        "comments_count": 0,
        "shares": {},
        "has_more_shares": False,
    }
    for channel_id, ts in file.shares:
        channel = space.channels[channel_id]
        message = channel.messages.get(ts)
        if message is None:
            continue
        listed = {"channel": "channels", "group": "groups"}.get(channel.kind, "ims")
        shape[listed].append(channel_id)
        side = shape["shares"].setdefault("public" if channel.kind == "channel" else "private", {})
        entry: Json = {"ts": ts, "channel_name": channel.name, "team_id": TEAM, "team_name": TEAM_NAME}
        entry |= {"reply_users": [], "reply_users_count": 0, "reply_count": 0, "share_user_id": file.user}
        if message.thread_ts:
            entry["thread_ts"] = message.thread_ts
        side.setdefault(channel_id, []).append(entry)
    return shape
