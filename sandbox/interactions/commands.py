"""Slash commands, as a person types them.

Source: docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from sandbox.delivery.reply import Reply
from sandbox.interactions.answers import say, whisper_from_slack
from sandbox.interactions.hooks import Hook
from sandbox.model import Channel, Json
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.workspace import APP, DOMAIN, TEAM


async def run_command(room: Room, user: str, channel: Channel, line: str) -> Reply:
    """Send a command to the app and show its answer; a failure shows what Slack shows, to this user only."""
    command, _, text = line.strip().partition(" ")
    if command not in room.config.commands:
        known = " ".join(room.config.commands)
        words = f"`{command}` is not a valid command. This workspace knows: {known}"
        whisper_from_slack(room, channel.id, user, words)
        return Reply(error="unknown_command")
    payload = _payload(room, user, channel, command, text.strip())
    reply = await room.post_office.ask("slash_commands", payload)
    if not reply.ok:
        error = "operation_timeout" if "timeout" in reply.error else "dispatch_failed"
        whisper_from_slack(room, channel.id, user, f"{command} failed with the error “{error}”")
        return reply
    _show(room, user, channel, reply)
    return reply


def _show(room: Room, user: str, channel: Channel, reply: Reply) -> None:
    body: Json = reply.body or ({"text": reply.text} if reply.text else {})
    if not body:
        return
    hook = Hook(channel.id, user, "", "", 0.0, 1)
    try:
        say(room, hook, body)
    except Refusal as refusal:
        whisper_from_slack(
            room, channel.id, user, f"The app's answer was refused: {refusal.error} {refusal.extra}"
        )


def _payload(room: Room, user: str, channel: Channel, command: str, text: str) -> Json:
    names = {"im": "directmessage", "group": "privategroup"}
    return {
        "token": "sandbox-verification",
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": names.get(channel.kind, channel.name),
        "user_id": user,
        "user_name": room.workspace.user(user).name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": room.hooks.new("commands", channel.id, user),
        "trigger_id": room.triggers.new(user),
    }
