"""A few lines of Bolt that answer as Loupe would: a card, a modal, a command, a shortcut, a home tab."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from sandbox.testing import Control
from tests.sandbox.kit import (
    CONFIRM,
    actions,
    button,
    context,
    entry,
    modal,
    mrkdwn,
    option,
    plain,
    rich,
    section,
)

PICTURES = "C0PICTURES"
HOSTILE = "<script>alert(1)</script> &lt;img src=x onerror=alert(2)&gt; <javascript:alert(3)|a link>"


def card(file: str) -> list[dict[str, Any]]:
    return [
        {"type": "header", "text": plain("Nothing to worry about")},
        section(
            text=mrkdwn("*2 faces* in <https://www.openstreetmap.org/#map=1|Arezzo>, `IMG-7F3K`"),
            fields=[mrkdwn("*Taken*\n<!date^1224700000^{date_num} {time}|in 2008>"), plain("Camera: X")],
            accessory={"type": "image", "slack_file": {"id": file}, "alt_text": "the picture"},
        ),
        {"type": "divider"},
        context(mrkdwn(HOSTILE)),
        actions(
            button(text=plain("Add a place"), action_id="place"),
            button(text=plain("Hide"), action_id="hide", style="danger", confirm=CONFIRM),
            {"type": "overflow", "action_id": "more", "options": [option("Details", "details")]},
        ),
        rich({"type": "text", "text": "rich words", "style": {"bold": True}}),
    ]


def bot(control: Control) -> App:
    app = App(client=WebClient(token="xoxb-sandbox-bot", base_url=control.api_url), signing_secret="unused")

    @app.event("message")
    def look(event: dict[str, Any], client: WebClient) -> None:
        if event.get("subtype") != "file_share":
            return
        client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")
        blocks = card(event["files"][0]["id"])
        client.chat_postMessage(
            channel=event["channel"], text="All good", blocks=blocks, thread_ts=event["ts"]
        )

    @app.action("place")
    def place(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        field = entry(
            {"type": "plain_text_input", "action_id": "name"}, label=plain("Place"), block_id="place"
        )
        view = modal(field, title=plain("Add a place"), submit=plain("Save"), callback_id="place")
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("place")
    def save(ack: Ack, view: dict[str, Any], client: WebClient) -> None:
        name = view["state"]["values"]["place"]["name"]["value"]
        if name == "nowhere":
            ack(response_action="errors", errors={"place": "There is no such place"})
        else:
            ack()
            client.chat_postMessage(channel=PICTURES, text=f"Placed in {name}")

    @app.action("hide")
    def hide(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="It is hidden", replace_original=False)

    @app.action("more")
    def more(ack: Ack, action: dict[str, Any], respond: Respond) -> None:
        ack()
        respond(text=f"chosen: {action['selected_option']['value']}", replace_original=True)

    @app.command("/imgstatus")
    def status(ack: Ack, command: dict[str, Any]) -> None:
        ack(f"*Status* of {command['text'] or 'everything'}")

    @app.shortcut("check_image")
    def check(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="Checking it again")

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section(text=plain("Welcome home"))]}
        )

    for event in ("file_shared", "file_deleted"):
        app.event(event)(lambda: None)
    return app
