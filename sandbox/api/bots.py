"""auth.test, bots.info and apps.connections.open.

Source: docs.slack.dev/reference/methods/auth.test, bots.info, apps.connections.open.
"""

from __future__ import annotations

from sandbox.api.call import Call, method
from sandbox.model import Json
from sandbox.refusal import Refusal
from sandbox.workspace import APP, BOT, BOT_ID, TEAM, TEAM_NAME


@method("auth.test", kinds=("bot", "user", "app"))
def auth_test(call: Call) -> Json:
    """Whose token this is."""
    if call.token.kind == "app":
        return {"app_name": "Loupe", "app_id": APP}
    user = call.room.workspace.users[call.user]
    url = call.room.config.base_url.rstrip("/") + "/"
    whose: Json = {"url": url, "team": TEAM_NAME, "user": user.name, "team_id": TEAM, "user_id": user.id}
    whose["is_enterprise_install"] = False
    return whose | ({"bot_id": user.bot_id} if user.bot_id else {})


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    """The bot."""
    if call.text("bot", BOT_ID) != BOT_ID:
        raise Refusal("bot_not_found")
    bot = {"id": BOT_ID, "deleted": False, "name": "Loupe", "updated": 1700000000, "app_id": APP}
    return {"bot": bot | {"user_id": BOT, "icons": {}}}


@method("apps.connections.open", "connections:write", kinds=("app",))
def connections_open(call: Call) -> Json:
    """An address for one Socket Mode connection, on this very server."""
    base = call.room.config.base_url.rstrip("/").replace("http", "ws", 1)
    ticket = call.room.post_office.hub.new_ticket()
    return {"url": f"{base}/link/?ticket={ticket}&app_id={APP}"}
