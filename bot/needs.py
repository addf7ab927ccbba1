"""Which scope every event, method and command that Loupe uses needs. The manifest asks for these and no more.

Source: the "Scopes" of the pages below docs.slack.dev/reference/events and /reference/methods. A test reads
the code and holds it against this table.
"""

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
READ = ("channels:read", "groups:read")

EVENTS: dict[str, tuple[str, ...]] = {
    "app_uninstalled": (),
    "channel_left": ("channels:read",),
    "file_shared": ("files:read",),
    "group_left": ("groups:read",),
    "member_left_channel": READ,
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "tokens_revoked": (),
}

METHODS: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": HISTORY,
    "conversations.info": (*READ, "im:read", "mpim:read"),
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.update": (),
}

COMMANDS: dict[str, tuple[str, ...]] = {"/imgstatus": ("commands",)}
SHORTCUTS: dict[str, tuple[str, ...]] = {"check_image": ("commands",)}


def scopes() -> list[str]:
    """Every scope, each needed by something above."""
    tables = (EVENTS, METHODS, COMMANDS, SHORTCUTS)
    return sorted({scope for table in tables for needed in table.values() for scope in needed})


def reasons(scope: str) -> list[str]:
    """What needs this scope."""
    tables = (EVENTS, METHODS, COMMANDS, SHORTCUTS)
    return [name for table in tables for name, needed in table.items() if scope in needed]
