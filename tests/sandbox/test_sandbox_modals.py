"""Modals and the home tab: opening, updating, submitting, closing."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.config import SandboxConfig
from sandbox.interactions.triggers import Triggers
from sandbox.refusal import Refusal
from sandbox.testing import Control, ControlError, running
from tests.sandbox.conftest import bot
from tests.sandbox.kit import actions, button, entry, modal, option, plain, section
from tests.sandbox.recorder import Delivery, Recorder
from tests.sandbox.refusals import refused

ADA, PICTURES = "U0ADALOVE1", "C0PICTURES"
PLACE = entry({"type": "plain_text_input", "action_id": "name"}, block_id="place")
KIND = entry(
    {"type": "static_select", "action_id": "kind", "options": [option("Town", "town")]}, block_id="kind"
)
FORM = modal(PLACE, KIND, submit=plain("Save"), callback_id="add_place", private_metadata="IMG-1")


def trigger(control: Control, recorder: Recorder) -> str:
    recorder.seen.clear()
    control.call("command", channel=PICTURES, user=ADA, line="/imgstatus")
    return recorder.seen[0].form["trigger_id"]


def opened(control: Control, recorder: Recorder, view: dict[str, Any] | None = None) -> str:
    id: str = bot(control).views_open(trigger_id=trigger(control, recorder), view=view or FORM)["view"]["id"]
    recorder.seen.clear()
    return id


def titles(control: Control) -> list[str]:
    return [view["title"]["text"] for view in control.call("views", user=ADA)["views"]]


def submit(control: Control, id: str, **values: Any) -> dict[str, Any]:
    return control.call("submit", user=ADA, view_id=id, values=values)


def test_an_opened_modal_is_its_users(wired: Control, recorder: Recorder) -> None:
    opened(wired, recorder)
    assert titles(wired) == ["Title"]
    assert wired.call("views", user="U0GRACEH01")["views"] == []


def test_a_trigger_works_once(wired: Control, recorder: Recorder, client: WebClient) -> None:
    id = trigger(wired, recorder)
    client.views_open(trigger_id=id, view=FORM)
    with refused("exchanged_trigger_id"):
        client.views_open(trigger_id=id, view=FORM)
    with refused("invalid_trigger_id"):
        client.views_open(trigger_id="1.2.3", view=FORM)


def test_a_trigger_works_for_three_seconds(recorder: Recorder) -> None:
    with (
        running(SandboxConfig(request_url=recorder.url, trigger_seconds=-1.0)) as control,
        refused("expired_trigger_id"),
    ):
        bot(control).views_open(trigger_id=trigger(control, recorder), view=FORM)


def test_a_wrong_view_does_not_use_the_trigger_up(
    wired: Control, recorder: Recorder, client: WebClient
) -> None:
    id = trigger(wired, recorder)
    with refused("invalid_arguments") as answer:
        client.views_open(trigger_id=id, view={**FORM, "title": plain("x" * 25)})
    assert (
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
        in (answer["response_metadata"]["messages"])
    )
    assert client.views_open(trigger_id=id, view=FORM)["ok"]


def test_an_update_replaces_the_view(wired: Control, recorder: Recorder, client: WebClient) -> None:
    id = opened(wired, recorder, modal(section(), external_id="mine"))
    first = client.views_update(view_id=id, view={**FORM, "title": plain("Ready")})["view"]
    assert titles(wired) == ["Ready"]
    with refused("hash_conflict"):
        client.views_update(view_id=id, hash="old", view=FORM)
    assert client.views_update(view_id=id, hash=first["hash"], view=FORM)["view"]["hash"] != first["hash"]
    with refused("not_found"):
        client.views_update(view_id="V0NOTHERE1", view=FORM)


def test_an_update_by_external_id(wired: Control, recorder: Recorder, client: WebClient) -> None:
    opened(wired, recorder, {**FORM, "external_id": "mine"})
    client.views_update(external_id="mine", view={**FORM, "title": plain("Found")})
    assert titles(wired) == ["Found"]


def test_modals_stack_three_high(wired: Control, recorder: Recorder, client: WebClient) -> None:
    first = opened(wired, recorder)
    second = client.views_push(trigger_id=trigger(wired, recorder), view=FORM)["view"]
    assert (second["previous_view_id"], second["root_view_id"]) == (first, first)
    client.views_push(trigger_id=trigger(wired, recorder), view=FORM)
    with refused("push_limit_reached"):
        client.views_push(trigger_id=trigger(wired, recorder), view=FORM)


def test_a_submission_carries_what_was_entered(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder)
    assert submit(wired, id, place={"name": "Arezzo"}, kind={"kind": "town"}) == {"errors": {}}
    view = recorder.seen[0].payload["view"]
    assert recorder.seen[0].payload["type"] == "view_submission"
    assert (view["callback_id"], view["private_metadata"]) == ("add_place", "IMG-1")
    assert view["state"]["values"] == {
        "place": {"name": {"type": "plain_text_input", "value": "Arezzo"}},
        "kind": {"kind": {"type": "static_select", "selected_option": option("Town", "town")}},
    }
    assert titles(wired) == []


def test_errors_keep_it_open(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder)
    errors = {"place": "There is no such place"}
    recorder.answer = lambda delivery: JSONResponse({"response_action": "errors", "errors": errors})
    assert submit(wired, id) == {"errors": errors}
    assert titles(wired) == ["Title"]


@pytest.mark.parametrize(
    ("action", "left"), [("update", ["Next"]), ("push", ["Title", "Next"]), ("clear", []), (None, [])]
)
def test_what_an_answer_does_to_the_stack(
    wired: Control, recorder: Recorder, action: str | None, left: list[str]
) -> None:
    id = opened(wired, recorder)
    following = {**FORM, "title": plain("Next")}

    def answer(delivery: Delivery) -> Response:
        return JSONResponse({"response_action": action, "view": following} if action else {})

    recorder.answer = answer
    submit(wired, id)
    assert titles(wired) == left


def test_an_app_that_does_not_answer_leaves_it_open(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder)
    recorder.answer = lambda delivery: PlainTextResponse("oops", 500)
    assert "trouble connecting" in submit(wired, id)["errors"][""]
    assert titles(wired) == ["Title"]


def test_closing_is_told_where_the_view_asked_for_it(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, {**FORM, "notify_on_close": True})
    wired.call("close", user=ADA, view_id=id)
    (delivery,) = recorder.seen
    assert (delivery.payload["type"], delivery.payload["is_cleared"]) == ("view_closed", False)
    assert titles(wired) == []
    with pytest.raises(ControlError, match="view_not_found"):
        submit(wired, id)


def test_closing_quietly(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder)
    wired.call("close", user=ADA, view_id=id)
    assert recorder.seen == []


def test_a_button_in_a_modal(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, modal(actions(button(value="1"))))
    assert wired.call("press", user=ADA, view_id=id, action_id="a")["ok"]
    payload = recorder.seen[0].payload
    assert payload["container"] == {"type": "view", "view_id": id}
    assert (payload["view"]["id"], payload["actions"][0]["value"]) == (id, "1")


def test_the_home_tab(wired: Control, recorder: Recorder, client: WebClient) -> None:
    home = {"type": "home", "blocks": [section(), actions(button())]}
    first = client.views_publish(user_id=ADA, view=home)["view"]
    again = client.views_publish(user_id=ADA, view=home, hash=first["hash"])["view"]
    assert again["id"] == first["id"]
    with refused("hash_conflict"):
        client.views_publish(user_id=ADA, view=home, hash=first["hash"])
    with refused("invalid_arguments"):
        client.views_publish(user_id=ADA, view=FORM)
    assert wired.call("views", user=ADA)["home"]["id"] == first["id"]
    recorder.seen.clear()
    assert wired.call("press", user=ADA, view_id=first["id"], action_id="a")["ok"]
    assert recorder.seen[0].payload["view"]["type"] == "home"


def test_triggers_by_themselves() -> None:
    triggers = Triggers(60)
    id = triggers.new(ADA)
    assert triggers.spend(id) == ADA
    with pytest.raises(Refusal, match="exchanged_trigger_id"):
        triggers.spend(id)
