"""After the findings: links in the card, and buttons that do what they say, on any Slack."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import TEAM, Json

pytestmark = pytest.mark.xdist_group("examiner-publishing")
OWNER, OTHER = "UADA", "UEVE"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with examined(tmp_path_factory.mktemp("publishing")) as found:
        yield found


def published(home: Examined, channel: str, *names: str) -> tuple[Json, Json]:
    """A message and its card with links."""
    message = home.post(channel, *(home.slack.file(picture(name), name=name) for name in names))

    def linked() -> list[Json]:
        return [card for card in home.cards(message) if card["text"].count("|page>") == len(names)]

    return message, until(linked, "the links")[0]


def press(home: Examined, card: Json, words: str, person: str = OWNER) -> Json:
    """Press a button of the card: the modal that opens."""
    row = next(block for block in card["blocks"] if block["type"] == "actions")
    button = next(each for each in row["elements"] if each["text"]["text"] == words)
    before = len(home.slack.views)
    payload: Json = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": person}}
    payload |= {"channel": {"id": card["channel"]}, "message": card, "trigger_id": "1.2.abc"}
    payload |= {"container": {"type": "message", "message_ts": card["ts"], "channel_id": card["channel"]}}
    payload |= {"actions": [{**button, "block_id": "b"}], "response_url": home.respond_url(words[:4])}
    assert home.interact(payload) == 200
    return until(lambda: home.slack.views[before:], "a view")[0]


def push(home: Examined, view: Json, words: str, person: str = OWNER) -> Json:
    """Press a button of a modal: the modal after that."""
    shown = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    button = next(each for each in shown if each.get("text", {}).get("text") == words)
    before = len(home.slack.views)
    payload: Json = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": person}, "view": view}
    payload |= {"container": {"type": "view", "view_id": view["id"]}, "trigger_id": "1.2.def"}
    assert home.interact({**payload, "actions": [{**button, "block_id": "b"}]}) == 200
    return until(lambda: home.slack.views[before:], "another view")[0]


def submit(home: Examined, view: Json, values: Json, person: str = OWNER) -> Json:
    payload: Json = {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": person}}
    body = {**view, "state": {"values": values}}
    return home.submitted({**payload, "view": body, "trigger_id": "1.2.ghi"})


def links(card: Json) -> list[str]:
    return re.findall(r"<(http://127[^|>]+)\|", card["text"])


def test_the_card_gets_links_in_the_message_that_stands_there(home: Examined) -> None:
    message, card = published(home, "C01", "links.jpg")
    home.reacts(message, "white_check_mark")
    assert len(links(card)) >= 2
    assert "ordinary JPEG and PNG" in card["text"]
    labels = [each["text"]["text"] for each in card["blocks"][-1]["elements"]]
    assert labels == ["Details", "Copy HTML", "Wrong result", "More"]
    edits = [call for call in home.slack.of("chat.update") if call.given["ts"] == card["ts"]]
    assert len(edits) <= 2


def inputs(view: Json) -> dict[str, str]:
    return {b["block_id"]: b["element"]["initial_value"] for b in view["blocks"] if b["type"] == "input"}


def test_the_markup_is_shown_and_a_description_changes_it(home: Examined) -> None:
    _, card = published(home, "C02", "markup.jpg")
    view = press(home, card, "Copy HTML", OTHER)
    shown = inputs(view)
    assert [words.partition(" ")[0] for words in shown.values()][1:] == [
        "<img",
        "<picture><source",
        "<amp-img",
    ]
    field = next(iter(shown))
    action = view["blocks"][1]["element"]["action_id"]
    refused = submit(home, view, {field: {action: {"type": "plain_text_input", "value": " "}}}, OTHER)
    assert refused["response_action"] == "errors"
    assert list(refused["errors"]) == [field]
    saved = submit(home, view, {field: {action: {"type": "plain_text_input", "value": "A & B"}}}, OTHER)
    assert saved["response_action"] == "update"
    assert all("A &amp; B" in words for words in list(inputs(saved["view"]).values())[1:])
    until(lambda: "A &amp; B" in str(press(home, card, "Copy HTML")), "the new description")


def wrong(*values: str) -> Json:
    ticked = {"type": "checkboxes", "selected_options": [{"value": value} for value in values]}
    return {"wrong": {"wrong": ticked}, "comment": {"comment": {"type": "plain_text_input", "value": None}}}


def test_anybody_can_have_a_picture_held_and_then_nothing_of_it_is_left(home: Examined) -> None:
    message, card = published(home, "C03", "held.jpg")
    addresses = links(card)
    view = press(home, card, "Wrong result", OTHER)
    assert "both" in submit(home, view, wrong("nudity", "no_nudity"), OTHER)["errors"]["wrong"]
    assert submit(home, view, wrong("nudity"), OTHER)["response_action"] == "update"
    held = home.says(message, "Waiting for a person")
    home.reacts(message, "hourglass")
    assert links(held) == []
    assert "Copy HTML" not in str(held["blocks"])
    assert not any(address in json.dumps(held) for address in addresses)
    short = next(word for word in held["text"].split() if word.startswith("IMG-"))
    assert not any(address in str(home.command(short)) for address in addresses)
    for address in addresses:
        path = "/i/" + address.partition("/i/")[2]
        assert requests.get(home.url + path, timeout=10).status_code in (404, 410)


def test_only_the_poster_deletes_and_makes_again(home: Examined) -> None:
    message, card = published(home, "C04", "mine.jpg")
    refused = press(home, card, "More", OTHER)
    assert f"<@{OWNER}>" in str(refused["blocks"])
    assert "Delete" not in [b.get("accessory", {}).get("text", {}).get("text") for b in refused["blocks"]]
    told = push(home, press(home, card, "More"), "Delete the web copies")
    assert "being deleted" in str(told["blocks"])
    gone = home.says(message, "Web copies: none")
    told = push(home, press(home, gone, "More"), "Make web copies again")
    back = home.says(message, "ordinary JPEG")
    assert links(back) == links(card)
    assert back["ts"] == gone["ts"] == card["ts"]


def test_of_several_pictures_one_is_chosen(home: Examined) -> None:
    _, card = published(home, "C05", "a.jpg", "b.jpg")
    view = press(home, card, "Copy HTML")
    menu = next(block["accessory"] for block in view["blocks"] if "accessory" in block)
    before, other = len(home.slack.views), menu["options"][1]
    action: dict[str, Any] = {"type": "static_select", "action_id": menu["action_id"], "block_id": "b"}
    payload: Json = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": OWNER}, "view": view}
    assert home.interact({**payload, "actions": [{**action, "selected_option": other}]}) == 200
    after = until(lambda: home.slack.views[before:], "the other picture")[0]
    assert other["value"] in str(inputs(after))
    assert other["value"] not in str(inputs(view))
