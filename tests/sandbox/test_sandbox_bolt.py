"""A whole Bolt app against the sandbox, by HTTP and by Socket Mode: what works here works there."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.testing import Control, running
from tests.sandbox.conftest import QUICK, bot
from tests.sandbox.kit import actions, button, entry, modal, plain, section
from tests.sandbox.recorder import serving
from tests.sandbox.samples import picture

ADA, PICTURES = "U0ADALOVE1", "C0PICTURES"


def small_bot(control: Control) -> App:
    app = App(client=bot(control), signing_secret="sandbox-signing-secret", process_before_response=True)

    @app.event("message")
    def look(event: dict[str, Any], client: WebClient, say: Say) -> None:
        if event.get("subtype") != "file_share":
            return
        client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")
        names = ", ".join(file["name"] for file in event["files"])
        say(
            text=f"saw {names}",
            blocks=[section(text=plain("card")), actions(button())],
            thread_ts=event["ts"],
        )

    @app.event("file_shared")
    def ignore() -> None:
        pass

    @app.action("a")
    def press(ack: Ack, respond: Respond, body: dict[str, Any], client: WebClient) -> None:
        ack()
        field = entry({"type": "plain_text_input", "action_id": "t"}, block_id="b")
        client.views_open(
            trigger_id=body["trigger_id"], view=modal(field, submit=plain("Save"), callback_id="v")
        )
        respond(text="pressed", replace_original=False)

    @app.view("v")
    def save(ack: Ack, view: dict[str, Any]) -> None:
        value = view["state"]["values"]["b"]["t"]["value"]
        ack(response_action="errors", errors={"b": "no"}) if value == "wrong" else ack()

    @app.command("/imgstatus")
    def status(ack: Ack, command: dict[str, Any]) -> None:
        ack(f"status of {command['text']}")

    @app.shortcut("check_image")
    def check(ack: Ack, respond: Respond, shortcut: dict[str, Any]) -> None:
        ack()
        respond(text=f"checking {len(shortcut['message']['files'])}")

    return app


@contextlib.contextmanager
def by_http(control: Control) -> Iterator[None]:
    handler = SlackRequestHandler(small_bot(control))

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    with serving(Starlette(routes=[Route("/slack/events", events, methods=["POST"])])) as url:
        assert control.call("request_url", url=f"{url}/slack/events")["verified"]
        yield


@contextlib.contextmanager
def by_socket(control: Control) -> Iterator[None]:
    handler = SocketModeHandler(small_bot(control), "xapp-sandbox-app", web_client=bot(control))
    handler.connect()  # type: ignore[no-untyped-call]
    control.wait(lambda one: one.state()["sockets"] == 1)
    try:
        yield
    finally:
        threading.Thread(target=handler.close).start()  # takes 3 s


@pytest.fixture(params=[by_http, by_socket], ids=["http", "socket"])
def live(request: pytest.FixtureRequest) -> Iterator[Control]:
    with running(QUICK) as control, request.param(control):
        yield control


def card(control: Control) -> tuple[dict[str, Any], dict[str, Any]]:
    posted = control.post(("a.jpg", picture()), ("b.png", picture("PNG")))
    (reply,) = control.wait(lambda one: one.thread(posted["ts"]))
    return posted, reply


def test_a_picture_gets_a_reaction_and_a_card(live: Control) -> None:
    posted, reply = card(live)
    assert reply["text"] == "saw a.jpg, b.png"
    parent = next(m for m in live.messages() if m["ts"] == posted["ts"])
    assert parent["reactions"] == [{"name": "eyes", "users": ["U0LOUPEBOT"], "count": 1}]
    live.settled()
    assert {entry["error"] for entry in live.state()["deliveries"]} == {""}


def test_a_button_opens_a_modal_that_can_be_submitted(live: Control) -> None:
    _, reply = card(live)
    assert live.call("press", channel=PICTURES, user=ADA, ts=reply["ts"], action_id="a")["ok"]
    (view,) = live.wait(lambda one: one.call("views", user=ADA)["views"])
    values = {"b": {"t": "wrong"}}
    assert live.call("submit", user=ADA, view_id=view["id"], values=values) == {"errors": {"b": "no"}}
    values = {"b": {"t": "right"}}
    assert live.call("submit", user=ADA, view_id=view["id"], values=values) == {"errors": {}}
    assert live.call("views", user=ADA)["views"] == []
    assert live.wait(lambda one: one.ephemeral())[0]["text"] == "pressed"


def test_a_command_is_answered(live: Control) -> None:
    live.call("command", channel=PICTURES, user=ADA, line="/imgstatus IMG-1")
    assert live.ephemeral()[0]["text"] == "status of IMG-1"


def test_a_shortcut_is_answered(live: Control) -> None:
    posted, _ = card(live)
    assert live.call("shortcut", channel=PICTURES, user=ADA, ts=posted["ts"], callback_id="check_image")["ok"]
    texts = live.wait(lambda one: [m["text"] for m in one.ephemeral()])
    assert texts == ["checking 2"]


def test_bolt_does_not_sift_duplicates(live: Control) -> None:
    live.call("switches", duplicates=1)
    posted = live.post(("a.jpg", picture()))
    live.wait(lambda one: len(one.thread(posted["ts"])) >= 1)
    live.settled()
    assert (
        len(live.calls("chat.postMessage")) == 2
        or live.calls("reactions.add")[-1]["error"] == "already_reacted"
    )
