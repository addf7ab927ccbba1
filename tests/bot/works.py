"""Everything at once, in this process: the real chain on a real ledger, the bot, and a sandbox outside."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest
import requests
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

import loupe.slack
from bot.http import routes
from bot.outbox import Outbox
from loupe.ground import Ground, ground
from loupe.settings import load
from loupe.wiring import ports
from pipeline.adapters.sqlite_opinions import SqliteOpinions
from pipeline.engine import Engine
from pipeline.imaging import renditions_plan
from pipeline.imaging.renditions_plan import Spec, plan
from pipeline.opinions import Opinion
from pipeline.ports import Report
from sandbox.blocks import problems, view_problems
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.house import picture, served

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
PICTURES, TEAM = "C0PICTURES", "T0SANDBOX1"
SHOWN = ("type", "title", "close", "submit", "blocks", "callback_id", "private_metadata")


@dataclass
class Works:
    """The bot and the chain; nothing runs but listeners until it is told to."""

    slack: Control
    base: Ground
    engine: Engine
    outbox: Outbox
    url: str

    def step(self) -> str:
        """Run one actor; its name, empty when none is due."""
        work = self.engine.turn("works", want=1)
        self.engine.turn("works", [self.engine.run(each) for each in work], want=0)
        return work[0].task.actor if work else ""

    def run(self) -> None:
        """Let the chain do everything that is due now."""
        while self.step():
            pass

    def run_until(self, actor: str) -> None:
        """Let the chain go on until this one has run."""
        while (ran := self.step()) != actor:
            assert ran

    def send(self) -> None:
        """Let the outbox do everything that is due now."""
        while self.outbox.send_next("works"):
            pass

    def sent(self) -> bool:
        """The same, for waiting."""
        self.send()
        return True

    def post(self, *names: str, user: str = ADA, channel: str = PICTURES, **where: Any) -> dict[str, Any]:
        """Post pictures, each of another colour, and wait until the message was delivered."""
        files = [
            (name, picture(f"#{crc32(name.encode()) & 0xFFFFFF:06x}")) for name in names or ("lake.jpg",)
        ]
        posted = self.slack.post(*files, user=user, channel=channel, **where)
        self.slack.settled()
        return posted

    def card(self, posted: dict[str, Any]) -> dict[str, Any]:
        """Run and send until all is done: our message in the thread."""
        self.run()

        def step(control: Control) -> list[dict[str, Any]]:
            self.send()
            return control.thread(posted["ts"], posted["channel"])

        found = self.slack.wait(step)
        assert len(found) == 1
        assert not problems(found[0]["blocks"])
        return {**found[0], "channel": posted["channel"]}

    def edits(self, card: dict[str, Any]) -> int:
        """How often our message was edited."""
        return sum(call["arguments"].get("ts") == card["ts"] for call in self.slack.calls("chat.update"))

    def reports(self, posted: dict[str, Any]) -> list[Report]:
        """What the ledger knows of the pictures of a message."""
        listed = self.base.catalog.of_message(TEAM, posted["channel"], posted["ts"])
        return [self.base.catalog.report(each.image) for each in listed]

    def press(self, card: dict[str, Any], action: str, user: str = ADA) -> dict[str, Any]:
        """Press a button of the card; the modal that opens."""
        before = {view["id"] for view in self.views(user)}
        self.push(card, action, user)
        self.slack.wait(lambda _: [v for v in self.views(user) if v["id"] not in before])
        return self.seen(user)

    def push(self, card: dict[str, Any], action: str, user: str = ADA) -> None:
        """Press a button of the card."""
        where = {"channel": card["channel"], "ts": card["ts"]}
        answer = self.slack.call("press", **where, user=user, action_id=f"loupe_{action}")
        assert answer["ok"], answer

    def choose(self, view: dict[str, Any], action: str, value: Any = None, user: str = ADA) -> dict[str, Any]:
        """Press a button, or choose in a menu, of a modal; the modal once it has changed."""
        answer = self.slack.call("press", view_id=view["id"], user=user, action_id=action, value=value)
        assert answer["ok"], answer
        self.slack.wait(lambda _: self.seen(user)["hash"] != view["hash"])
        return self.seen(user)

    def forge(self, view: dict[str, Any], action: str, user: str = ADA) -> dict[str, Any]:
        """Press a button that this modal had before, or that only another person's has."""
        kept = {"user": {"id": user}, "view": view, "actions": [{"action_id": action, "type": "button"}]}
        self.deliver({"type": "block_actions", **kept})
        self.slack.wait(lambda _: self.seen(user)["hash"] != view["hash"])
        return self.seen(user)

    def deliver(self, payload: dict[str, Any]) -> dict[str, Any]:
        """One signed interaction, as Slack sends it; the answer."""
        whole = {"team": {"id": TEAM}, "trigger_id": "1.2.x", "token": "x", **payload}
        body, stamp = urlencode({"payload": json.dumps(whole)}), str(int(time.time()))
        signed = SignatureVerifier(SandboxConfig().signing_secret).generate_signature(
            timestamp=stamp, body=body
        )
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed or ""}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(f"{self.url}/slack/events", data=body, headers=headers | kind, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json() if answer.text else {}
        return found

    def opinions(self, image: str) -> list[Opinion]:
        """What was said of an image."""
        return SqliteOpinions(self.base.database).of(image)

    def submit(
        self, view: dict[str, Any], values: dict[str, dict[str, Any]], user: str = ADA
    ) -> dict[str, Any]:
        """Send a modal off: the errors that the app found."""
        answer = self.slack.call("submit", view_id=view["id"], user=user, values=values)
        found: dict[str, Any] = answer["errors"]
        return found

    def views(self, user: str = ADA) -> list[dict[str, Any]]:
        """The open modals."""
        found: list[dict[str, Any]] = self.slack.call("views", user=user)["views"]
        return found

    def seen(self, user: str = ADA) -> dict[str, Any]:
        """The modal in sight; Slack would take it."""
        view = self.views(user)[-1]
        kept = {key: view[key] for key in SHOWN if view.get(key)}
        assert view_problems(kept) == []
        return view

    def whispers(self, user: str = ADA, channel: str = PICTURES) -> list[str]:
        """What only this person was told."""
        return [each["text"] for each in self.slack.ephemeral(channel) if each["only_for"] == user]

    def whispered(self, user: str, before: int) -> str:
        """What this person is told next."""
        self.slack.wait(lambda _: len(self.whispers(user)) > before)
        return self.whispers(user)[-1]


def few(*size: Any) -> tuple[Spec, ...]:
    """A picture's renditions but for the three that are larger than it, which take most of the time."""
    return tuple(spec for spec in plan(*size) if not spec.name.startswith(("app", "art")))


@contextlib.contextmanager
def works(folder: Path) -> Iterator[Works]:
    """A sandbox, and Loupe connected to it over HTTP."""
    config = SandboxConfig(enforce_rates=False, retry_delays=(0.05, 0.1, 0.2))
    with running(config) as slack, contextlib.ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(renditions_plan, "plan", few)
        settings = load(
            data=folder,
            slack_bot_token=SecretStr(config.bot_token),
            slack_signing_secret=SecretStr(config.signing_secret),
            slack_api_url=slack.api_url,
        )
        base = ground(settings)
        app = loupe.slack.app(base)
        url = stack.enter_context(served(Starlette(routes=routes(app, config.signing_secret))))
        slack.call("request_url", url=f"{url}/slack/events")
        yield Works(
            slack=slack,
            base=base,
            engine=Engine(base.chain, base.ledger, ports(base)),
            outbox=loupe.slack.outbox(base),
            url=url,
        )
        slack.settled()
