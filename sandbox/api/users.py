"""users.* and team.info. Source: docs.slack.dev/reference/methods/users.info, users.list, team.info."""

from __future__ import annotations

import time

from sandbox.api.call import Call, method
from sandbox.api.paging import page
from sandbox.model import Json
from sandbox.shapes import user_json
from sandbox.workspace import DOMAIN, TEAM, TEAM_NAME


@method("users.info", "users:read")
def info(call: Call) -> Json:
    """One user."""
    return {"user": user_json(call.room.workspace.user(call.needed("user")))}


@method("users.list", "users:read")
def list_all(call: Call) -> Json:
    """All users."""
    part, cursor = page(call, list(call.room.workspace.users.values()), 200)
    members = [user_json(user) for user in part]
    return {"members": members, "cache_ts": int(time.time()), "response_metadata": {"next_cursor": cursor}}


@method("team.info", "team:read")
def team(call: Call) -> Json:
    """The workspace."""
    url = call.room.config.base_url.rstrip("/") + "/"
    icon = {"image_default": True}
    return {
        "team": {
            "id": TEAM,
            "name": TEAM_NAME,
            "url": url,
            "domain": DOMAIN,
            "email_domain": "",
            "icon": icon,
        }
    }
