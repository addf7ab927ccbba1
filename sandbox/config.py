"""What a sandbox workspace is started with: its tokens, its app, its addresses and its habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
    }
)

USER_SCOPES = frozenset(
    {
        "chat:write",
        "files:read",
        "files:write",
        "channels:history",
        "groups:history",
        "im:history",
        "users:read",
    }
)

EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "channel_left",
        "file_deleted",
        "file_shared",
        "group_left",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "tokens_revoked",
    }
)


@dataclass(frozen=True)
class SandboxConfig:
    """One workspace with one app installed in it.

    Tokens and the signing secret are the sandbox's own and open nothing elsewhere; they stay out of the repr
    all the same. `request_url` is where events, commands and interactions go while no Socket Mode connection
    is open (None: nowhere). `base_url` is the sandbox's own address, part of every file and response URL.
    `shortcuts` maps the callback id of a message shortcut to its title. Times are seconds; Slack's own retry
    delays are about 0, 60 and 300, shortened here so that a person can watch them.
    Source: docs.slack.dev/apis/events-api (retries), /interactivity/handling-user-interaction (3 s).
    """

    bot_token: str = field(default="xoxb-sandbox-bot", repr=False)
    app_token: str = field(default="xapp-sandbox-app", repr=False)
    user_token: str = field(default="xoxp-sandbox-admin", repr=False)
    signing_secret: str = field(default="sandbox-signing-secret", repr=False)
    request_url: str | None = None
    base_url: str = "http://127.0.0.1:8081"
    strip_exif: bool = True
    enforce_rates: bool = True
    bot_scopes: frozenset[str] = BOT_SCOPES
    user_scopes: frozenset[str] = USER_SCOPES
    events: frozenset[str] = EVENTS
    commands: tuple[str, ...] = ("/imgstatus",)
    shortcuts: Mapping[str, str] = field(default_factory=lambda: {"check_image": "Check this image"})
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.2, 1.0, 5.0)
    share_seconds: float = 0.1
    hook_seconds: float = 1800.0
    hook_uses: int = 5
