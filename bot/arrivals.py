"""From Slack's JSON of a message to the pictures in it. Pure.

Source: docs.slack.dev/reference/events/message/file_share, /reference/objects/file-object, and
/apis/slack-connect ("file_access": "check_file_info" stands for a file that only files.info describes).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.cards import Message, Share
from pipeline.model import Source
from pipeline.text import keepable

Json = Mapping[str, Any]
SUFFIXES = frozenset(
    "jpg jpeg jpe jfif png apng gif webp heic heif heics hif avif tif tiff bmp dib mpo".split()  # noqa: SIM905
)
GONE_MODES = frozenset({"tombstone", "hidden_by_limit"})
SUBTYPES = frozenset({None, "file_share", "thread_broadcast", "bot_message", "me_message", "file_comment"})
"""Messages that can bring files; the others tell of changes."""
STUB = "check_file_info"
LONGEST_NAME = 255
TELLING = ("name", "mimetype", "filetype")


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that may carry pictures."""

    message: Message
    pictures: tuple[Source, ...]
    others: tuple[str, ...]
    """Ids of files that are certainly no pictures."""
    direct: bool
    """A direct message to the bot."""
    talk: bool
    """Somebody wrote to the bot itself, without any file."""

    @property
    def arrivals(self) -> list[tuple[str, Source]]:
        """The pictures, each under the key of its delivery."""
        return [(delivery_key(source), source) for source in self.pictures]

    @property
    def shares(self) -> list[Share]:
        """All its files as ``file_shared`` tells of them."""
        ids = [*(source.locator for source in self.pictures), *self.others]
        return [Share(self.message.team, self.message.channel, id) for id in ids]


def delivery_key(source: Source) -> str:
    """The same for every delivery of one file in one message."""
    return f"slack:{source.team}:{source.locator}:{source.channel}:{source.message}"


def posted(event: Json, team: str, kind: str = "") -> Posted:
    """The pictures of a message; ``kind`` is Slack's channel_type where the event itself has none."""
    channel, ts = str(event.get("channel") or ""), str(event.get("ts") or "")
    message = Message(team, channel, ts, str(event.get("thread_ts") or ts))
    private = is_private(channel, str(event.get("channel_type") or kind))
    person = str(event.get("user") or event.get("bot_id") or "")
    files = _files(event)
    pictures = [f for f in files if may_be_picture(f)] if channel and ts else []
    others = [str(f["id"]) for f in files if not may_be_picture(f) and f.get("mode") not in GONE_MODES]
    return Posted(
        message=message,
        pictures=tuple(_source(f, message, person, private) for f in pictures),
        others=tuple(others),
        direct=_is_direct(event),
        talk=_is_direct(event) and not files and _is_said(event),
    )


def _is_direct(event: Json) -> bool:
    return str(event.get("channel") or "").startswith("D") or event.get("channel_type") == "im"


def _is_said(event: Json) -> bool:
    """By a person, at the top of the conversation; who answers in a thread talks to somebody else."""
    by_program = event.get("bot_id") or event.get("app_id") or event.get("subtype") or not event.get("user")
    return not by_program and bool(event.get("ts")) and event.get("thread_ts") in (None, "", event.get("ts"))


def _files(event: Json) -> list[Json]:
    """Each file once; ``x_files`` are ids of files that the message does not bring along."""
    told = event.get("files"), event.get("x_files")
    whole, ids = (one if isinstance(one, list) else [] for one in told)
    files = [f for f in whole if isinstance(f, Mapping) and _named(f)]
    files += [{"id": id} for id in ids if isinstance(id, str) and id]
    return list({f["id"]: f for f in reversed(files)}.values())[::-1]


def _named(file: Json) -> bool:
    return isinstance(file.get("id"), str) and bool(file["id"])


def _source(file: Json, message: Message, person: str, private: bool) -> Source:
    return Source(
        kind="slack",
        name=keepable(str(file.get("name") or file.get("title") or ""), LONGEST_NAME),
        locator=str(file["id"]),
        team=message.team,
        channel=message.channel,
        message=message.ts,
        thread=message.thread,
        person=str(file.get("user") or person),
        private=private,
    )


def may_be_picture(file: Json) -> bool:
    """By type, or by its name's ending, or because Slack has told nothing of it yet (Slack Connect)."""
    if file.get("mode") in GONE_MODES:
        return False
    if file.get("file_access") == STUB or not any(file.get(key) for key in TELLING):
        return True
    suffix = str(file.get("name") or "").rpartition(".")[2].lower()
    filetype = str(file.get("filetype") or "").lower()
    return (
        str(file.get("mimetype") or "").lower().startswith("image/")
        or suffix in SUFFIXES
        or filetype in SUFFIXES
    )


def is_private(channel: str, kind: str) -> bool:
    """Is this a direct message or a private channel?"""
    return kind in ("group", "im", "mpim", "private", "privategroup", "directmessage") or channel[:1] in (
        "D",
        "G",
    )


def lost_files(event: Json) -> bool:
    """Does this changed message have none of its pictures any more?"""
    files: Sequence[Json] = (event.get("message") or {}).get("files") or []
    before: Sequence[Json] = (event.get("previous_message") or {}).get("files") or []
    had = any(may_be_picture(file) for file in before) or any(f.get("mode") in GONE_MODES for f in files)
    return had and not any(may_be_picture(file) for file in files)


def with_file(messages: Sequence[Json], share: Share) -> list[Posted]:
    """The messages of a channel's history that brought a file."""
    found = [posted({**message, "channel": share.channel}, share.team) for message in messages]
    return [one for one in found if share in one.shares]


def shared_in(file: Json, share: Share) -> list[Posted]:
    """The messages in which files.info says that a file stands in a channel."""
    found = []
    for side, private in (("public", ""), ("private", "private")):
        entries = ((file.get("shares") or {}).get(side) or {}).get(share.channel) or []
        for entry in entries if isinstance(entries, list) else [entries]:
            event = {
                "channel": share.channel,
                "ts": entry.get("ts"),
                "thread_ts": entry.get("thread_ts"),
                "files": [file],
                "user": entry.get("share_user_id"),
            }
            found.append(posted(event, share.team, private))
    return found
