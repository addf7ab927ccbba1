"""The Replay button of a digest: runs exactly the parked runs that it names again, once, for operators.

Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload ("message" is what stands there).
"""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.api import call
from bot.cards.digest import REPLAY, Run, named
from bot.cards.replayed import outcome, refused, settled
from bot.listeners.pressed import pressed
from bot.listeners.showing import Say, acknowledge, whisper
from bot.ports import Runs
from bot.refusals import Kind, Refusal
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError

log = logging.getLogger(__name__)
BROKEN = "That could not be written down just now. Please press the button again in a minute."


def register(app: App, catalog: Catalog, runs: Runs, operators: Collection[str]) -> None:
    """Listen to the button."""

    def on_replay(body: dict[str, Any], client: WebClient, respond: Say) -> None:
        press = pressed(body)
        if press.person not in operators:
            whisper(respond, refused(operators))
            return
        listed = named(press.value)
        try:
            done = sum(_rerun(run, catalog, runs) for run in listed)
        except LoupeError as fault:
            log.error("replay: %s", fault.words)
            whisper(respond, BROKEN)
            return
        words = outcome(len(listed), done, press.person)
        message: Mapping[str, Any] = body.get("message") or {}
        if not _edited(client, press.seat.channel, message, words):
            whisper(respond, words)

    app.action(REPLAY)(ack=acknowledge, lazy=[on_replay])


def _rerun(run: Run, catalog: Catalog, runs: Runs) -> bool:
    found = catalog.find(run.short)
    return found is not None and runs.rerun(found.image, run.actor, run.revision)


def _edited(client: WebClient, channel: str, message: Mapping[str, Any], words: str) -> bool:
    """Say in the message what became of the runs, in the button's place; with less where Slack refuses."""
    for content in settled(message, words):
        try:
            call(
                client.chat_update,
                channel=channel,
                ts=str(message.get("ts") or ""),
                text=content.text,
                blocks=list(content.blocks),
            )
        except Refusal as refusal:
            log.warning("chat.update: %s", refusal.words)
            if refusal.kind is not Kind.SHAPE:
                return False
        else:
            return True
    return False
