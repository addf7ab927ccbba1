"""All addresses of the control API."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.control import acting, faults, people_calls, state
from sandbox.control.answering import Handler, control

CALLS: dict[str, Handler] = {
    "archive": people_calls.archive,
    "close": acting.close,
    "command": acting.command,
    "delete_file": people_calls.delete_file,
    "delete_message": people_calls.delete_message,
    "disconnect": faults.disconnect,
    "inject": faults.inject,
    "invite_bot": people_calls.invite_bot,
    "open_home": acting.open_home,
    "press": acting.press,
    "react": people_calls.react,
    "reinstall": people_calls.reinstall,
    "remove_bot": people_calls.remove_bot,
    "request_url": faults.request_url,
    "revoke_token": people_calls.revoke_token,
    "scopes": faults.scopes,
    "shortcut": acting.shortcut,
    "submit": acting.submit,
    "suggest": acting.suggest,
    "switches": faults.switches,
    "uninstall": people_calls.uninstall,
    "views": acting.views,
}


def control_routes() -> list[Route]:
    """Every route below /sandbox."""
    posts = [Route(f"/{name}", control(handler), methods=["POST"]) for name, handler in CALLS.items()]
    return [
        Route("/post", people_calls.post, methods=["POST"]),
        Route("/state", state.state),
        Route("/summary", state.summary),
        Route("/messages/{id}", state.messages),
        Route("/calls/{method}", state.calls),
        Route("/page", state.page),
        Route("/channels/{id}", state.channel),
        Route("/stream", state.stream),
        Route("/files/{id}", state.file),
        *posts,
    ]
