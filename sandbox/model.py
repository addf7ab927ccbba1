"""The things a workspace is made of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]
TokenKind = Literal["bot", "app", "user"]


@dataclass(frozen=True)
class User:
    """A person or a bot. `id` begins with U; `bot_id` (B...) and `app_id` (A...) only where it is a bot."""

    id: str
    name: str
    real_name: str
    is_admin: bool = False
    bot_id: str = ""
    app_id: str = ""


@dataclass
class Token:
    """A token with the scopes it was granted and the user it acts as (empty for an app-level token)."""

    value: str = field(repr=False)
    kind: TokenKind
    scopes: frozenset[str]
    user: str = ""
    revoked: bool = False


@dataclass
class File:
    """A file: its bytes after what Slack does to an upload, and every (channel, ts) it was shared in."""

    id: str
    name: str
    title: str
    mimetype: str
    filetype: str
    user: str
    created: int
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    deleted: bool = False
    alt_text: str = ""
    shares: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Message:
    """A message as posted; `shapes.message_json` turns it into Slack's JSON.

    `files` are ids. `reactions` maps an emoji's name to the users who gave it. `only_for` is the one user who
    sees an ephemeral message, else empty. `tombstone` marks a deleted thread parent that still has replies.
    """

    ts: str
    user: str
    text: str
    channel: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    metadata: Json | None = None
    edited_ts: str = ""
    broadcast: bool = False
    only_for: str = ""
    tombstone: bool = False


@dataclass
class Channel:
    """A conversation and its messages by timestamp, ephemeral ones apart.

    `threads` maps a parent's timestamp to those of its replies, so that a channel of thousands stays quick.
    """

    id: str
    name: str
    kind: ChannelKind
    created: int
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    archived: bool = False


@dataclass
class View:
    """A modal, or a home tab, shown to one user. `body` is what the app sent, with block ids filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str = ""
    open: bool = True
