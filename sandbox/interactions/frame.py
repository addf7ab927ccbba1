"""The parts that every interaction payload shares.

Source: docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

from sandbox.model import Channel, Json
from sandbox.room import Room
from sandbox.workspace import APP, DOMAIN, TEAM


def who(room: Room, user: str) -> Json:
    """The acting user."""
    name = room.workspace.user(user).name
    return {"id": user, "username": name, "name": name, "team_id": TEAM}


def where(channel: Channel) -> Json:
    """The channel, with the stand-in names that Slack uses."""
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def frame(room: Room, kind: str, user: str) -> Json:
    """type, user, team, app, token and a fresh trigger id."""
    return {
        "type": kind,
        "user": who(room, user),
        "api_app_id": APP,
        "token": "sandbox-verification",
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": room.triggers.new(user),
    }
