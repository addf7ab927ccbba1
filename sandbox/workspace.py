"""The state of the workspace, in memory: who is there, what was said, what was shared."""

from __future__ import annotations

import time

from sandbox.config import SandboxConfig
from sandbox.ids import Clock
from sandbox.model import Channel, ChannelKind, File, Message, Token, User, View
from sandbox.refusal import Refusal

TEAM = "T0SANDBOX1"
TEAM_NAME = "Sandbox"
DOMAIN = "sandbox"
APP = "A0LOUPEAPP"
BOT = "U0LOUPEBOT"
BOT_ID = "B0LOUPEBOT"
SLACKBOT = "USLACKBOT"
OPERATORS_CHANNEL = "C0OPERATOR"
"""Where Loupe's operators are, for alarms and the digest of everything."""

PEOPLE = (
    User("U0ADALOVE1", "ada", "Ada Lovelace", is_admin=True),
    User("U0GRACEH01", "grace", "Grace Hopper"),
    User("U0LINUSP01", "linus", "Linus Pauling"),
    User(BOT, "loupe", "Loupe", bot_id=BOT_ID, app_id=APP),
    User(SLACKBOT, "slackbot", "Slackbot"),
)


class Workspace:
    """All state of one workspace. Only the server's event loop touches it, so a change is never half done."""

    def __init__(self, config: SandboxConfig) -> None:
        self.base_url = config.base_url
        self.clock = Clock()
        self.users: dict[str, User] = {user.id: user for user in PEOPLE}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.pending: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.tokens = {token.value: token for token in _tokens(config)}
        everyone = {user.id for user in PEOPLE} - {SLACKBOT}
        self.add_channel("C0GENERAL1", "general", "channel", everyone)
        self.add_channel("C0PICTURES", "pictures", "channel", everyone)
        self.add_channel(OPERATORS_CHANNEL, "loupe-operators", "channel", everyone)
        self.add_channel("C0RANDOM01", "random", "channel", everyone - {BOT})
        self.add_channel("G0PRIVATE1", "private-pictures", "group", everyone)
        self.add_channel("G0SECRET01", "secret", "group", everyone - {BOT})
        for person in self.people():
            self.open_im(person.id)

    def add_channel(self, id: str, name: str, kind: ChannelKind, members: set[str]) -> Channel:
        """Create a conversation with these members."""
        channel = Channel(id=id, name=name, kind=kind, created=int(time.time()), members=set(members))
        self.channels[id] = channel
        return channel

    def people(self) -> list[User]:
        """Everybody who is not a bot, in order of arrival."""
        return [user for user in self.users.values() if not user.bot_id and user.id != SLACKBOT]

    def open_im(self, user: str) -> Channel:
        """The direct conversation between a person and the bot, created where it does not exist yet."""
        id = "D" + user[1:]
        return self.channels.get(id) or self.add_channel(id, "", "im", {user, BOT})

    def channel(self, id: str, viewer: str = "") -> Channel:
        """The channel with this id (or #name) as the viewer can see it; else channel_not_found."""
        found = self.channels.get(id) or self._channel_named(id.removeprefix("#"))
        if found is None and id in self.users and id != SLACKBOT and viewer == BOT:
            found = self.open_im(id)
        if found is None or (viewer and found.kind != "channel" and viewer not in found.members):
            raise Refusal("channel_not_found")
        return found

    def _channel_named(self, name: str) -> Channel | None:
        return next((c for c in self.channels.values() if name and c.name == name), None)

    def message(self, channel: Channel, ts: str) -> Message:
        """The message with this timestamp, or message_not_found."""
        try:
            return channel.messages[ts]
        except KeyError:
            raise Refusal("message_not_found") from None

    def replies(self, channel: Channel, ts: str) -> list[Message]:
        """The replies in the thread that begins with `ts`, oldest first, without the parent."""
        return [channel.messages[reply] for reply in channel.threads.get(ts, ())]

    def file(self, id: str, viewer: str = "") -> File:
        """The file as the viewer can see it: its own, or in a channel open to it; else file_not_found."""
        file = self.files.get(id)
        if file is None or (viewer and not self._sees(file, viewer)):
            raise Refusal("file_not_found")
        if file.deleted:
            raise Refusal("file_deleted")
        return file

    def _sees(self, file: File, viewer: str) -> bool:
        rooms = [self.channels[id] for id, _ in file.shares]
        return file.user == viewer or any(c.kind == "channel" or viewer in c.members for c in rooms)

    def user(self, id: str) -> User:
        """The user with this id, or user_not_found."""
        try:
            return self.users[id]
        except KeyError:
            raise Refusal("user_not_found") from None


def _tokens(config: SandboxConfig) -> list[Token]:
    return [
        Token(config.bot_token, "bot", config.bot_scopes, user=BOT),
        Token(config.app_token, "app", frozenset({"connections:write"})),
        Token(config.user_token, "user", config.user_scopes, user=PEOPLE[0].id),
    ]
