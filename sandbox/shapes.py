"""The workspace's things as Slack's JSON: messages, users, channels, modals.

Source: docs.slack.dev/reference/objects and the samples on the pages of the methods and events.
"""

from __future__ import annotations

import time

from sandbox.file_shapes import file_json, tombstone_json
from sandbox.model import Channel, Json, Message, User, View
from sandbox.workspace import APP, BOT, BOT_ID, SLACKBOT, TEAM, Workspace


def user_json(user: User) -> Json:
    """A user object, as in users.info."""
    return {
        "id": user.id,
        "team_id": TEAM,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": TEAM,
            **({"api_app_id": user.app_id, "bot_id": user.bot_id} if user.bot_id else {}),
        },
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": user.is_admin,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": bool(user.bot_id),
        "is_app_user": False,
        "updated": int(time.time()),
    }


def channel_json(channel: Channel, viewer: str = BOT) -> Json:
    """A conversation object, as in conversations.info."""
    common: Json = {
        "id": channel.id,
        "created": channel.created,
        "updated": channel.created * 1000,
        "is_archived": channel.archived,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_org_shared": False,
        "context_team_id": TEAM,
    }
    if channel.kind == "im":
        other = next((member for member in channel.members if member != viewer), viewer)
        return common | {"user": other, "is_open": True, "is_user_deleted": False, "priority": 0}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "creator": sorted(channel.members)[0] if channel.members else "",
        "shared_team_ids": [TEAM],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
        "num_members": len(channel.members),
    }


def bot_profile() -> Json:
    """What Slack adds to every message of a bot."""
    return {
        "id": BOT_ID,
        "app_id": APP,
        "name": "Loupe",
        "icons": {},
        "deleted": False,
        "updated": 1700000000,
        "team_id": TEAM,
    }


def message_json(space: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history, the answer of chat.postMessage and events show it."""
    shape: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": TEAM,
    }
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.user == BOT:
        shape |= {"bot_id": BOT_ID, "app_id": APP, "bot_profile": bot_profile()}
    if message.tombstone:
        shape |= {"subtype": "tombstone", "user": SLACKBOT, "hidden": True}
    shape |= _parts(space, message)
    if metadata and message.metadata is not None:
        shape["metadata"] = message.metadata
    return shape | _thread(space, message)


def _parts(space: Workspace, message: Message) -> Json:
    parts: Json = {}
    if message.blocks:
        parts["blocks"] = message.blocks
    if message.attachments:
        parts["attachments"] = message.attachments
    if message.files:
        files = [space.files[id] for id in message.files]
        parts["files"] = [tombstone_json(f) if f.deleted else file_json(space, f) for f in files]
        parts["upload"] = False
        parts["display_as_bot"] = False
    if message.reactions:
        parts["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if message.edited_ts:
        parts["edited"] = {"user": message.user, "ts": message.edited_ts}
    return parts


def _thread(space: Workspace, message: Message) -> Json:
    channel = space.channels[message.channel]
    if message.thread_ts and message.thread_ts != message.ts:
        parent = channel.messages.get(message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
    replies = space.replies(channel, message.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def view_json(view: View) -> Json:
    """A view as views.open answers and view_submission carries it."""
    empty: Json = {
        "type": "modal",
        "blocks": [],
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return (
        empty
        | {"state": {"values": {}}}
        | view.body
        | {
            "id": view.id,
            "team_id": TEAM,
            "hash": view.hash,
            "previous_view_id": view.previous or None,
            "root_view_id": view.root,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }
    )
