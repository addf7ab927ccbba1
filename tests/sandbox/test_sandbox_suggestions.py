"""External selects: what is typed goes to the app both ways, its options come back within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from starlette.responses import JSONResponse, Response

from sandbox.interactions.offered import Offered
from sandbox.testing import Control, ControlError
from tests.sandbox.kit import actions, entry, modal, option, plain
from tests.sandbox.recorder import Delivery, Recorder
from tests.sandbox.test_sandbox_modals import opened, submit
from tests.sandbox.test_sandbox_socket_mode import Listening, listening

__all__ = ["listening"]
ADA, PICTURES = "U0ADALOVE1", "C0PICTURES"
TOWNS = {"type": "external_select", "action_id": "town", "min_query_length": 2}
FORM = modal(
    entry(TOWNS, block_id="where"), submit=plain("Save"), callback_id="place", private_metadata="IMG-1"
)
SOFIA = {**option("Sofia, Bulgaria", "42.7,23.3"), "description": plain("1,152,556 inhabitants")}


def answering(body: dict[str, Any]) -> Callable[[Delivery], Response]:
    """An app that suggests this, and acknowledges everything else."""

    def answer(delivery: Delivery) -> Response:
        suggestion = delivery.payload.get("type") == "block_suggestion"
        return JSONResponse(body) if suggestion else Response()

    return answer


def typed(control: Control, id: str, words: str = "sof", **more: Any) -> dict[str, Any]:
    return control.call("suggest", user=ADA, view_id=id, action_id="town", value=words, **more)


def test_what_is_typed_goes_to_the_app_and_its_options_come_back(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = answering({"options": [SOFIA]})
    assert typed(wired, id) == {"options": [SOFIA]}
    told = recorder.seen[-1].payload
    assert (told["type"], told["value"], told["action_id"], told["block_id"]) == (
        "block_suggestion", "sof", "town", "where",
    )  # fmt: skip
    assert told["container"] == {"type": "view", "view_id": id}
    assert (told["user"]["id"], told["view"]["private_metadata"]) == (ADA, "IMG-1")
    assert "trigger_id" not in told
    assert "response_url" not in told


def test_by_socket_it_is_an_envelope_like_any_interaction(
    sandbox: Control, client: WebClient, listening: Listening
) -> None:
    sandbox.call("command", channel=PICTURES, user=ADA, line="/imgstatus")
    trigger = listening.wait(1)[0].payload["trigger_id"]
    view = client.views_open(trigger_id=trigger, view=FORM)["view"]
    listening.payload = lambda request: {"options": [SOFIA]}
    assert typed(sandbox, view["id"]) == {"options": [SOFIA]}
    request = listening.wait(2)[-1]
    assert (request.type, request.accepts_response_payload) == ("interactive", True)
    assert request.payload["type"] == "block_suggestion"


def test_a_choice_among_what_was_suggested_is_told_with_its_text(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = answering({"option_groups": [{"label": plain("Bulgaria"), "options": [SOFIA]}]})
    typed(wired, id)
    assert submit(wired, id, where={"town": "42.7,23.3"}) == {"errors": {}}
    state = recorder.seen[-1].payload["view"]["state"]["values"]
    assert state == {"where": {"town": {"type": "external_select", "selected_option": SOFIA}}}


def test_an_earlier_suggestion_can_still_be_chosen_and_nothing_else(
    wired: Control, recorder: Recorder
) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = answering({"options": [SOFIA]})
    typed(wired, id)
    recorder.answer = answering({"options": []})
    assert typed(wired, id, "sofx") == {"options": []}
    with pytest.raises(ControlError, match="no_such_option"):
        submit(wired, id, where={"town": "1,2"})
    assert submit(wired, id, where={"town": "42.7,23.3"}) == {"errors": {}}


def test_a_field_left_empty_has_no_choice(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    submit(wired, id)
    assert recorder.seen[-1].payload["view"]["state"]["values"]["where"]["town"]["selected_option"] is None


def test_the_option_that_a_field_began_with_can_be_sent_back(wired: Control, recorder: Recorder) -> None:
    view = modal(entry({**TOWNS, "initial_option": SOFIA}, block_id="where"), submit=plain("Save"))
    id = opened(wired, recorder, view)
    submit(wired, id, where={"town": "42.7,23.3"})
    state = recorder.seen[-1].payload["view"]["state"]["values"]
    assert state["where"]["town"]["selected_option"] == SOFIA


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"options": [option("x" * 76, "v")]},
        {"options": [option("x", "v" * 151)]},
        {"options": [option("x", str(n)) for n in range(101)]},
        {"options": [{"text": plain("x")}]},
        {"options": [SOFIA], "option_groups": [{"label": plain(), "options": [SOFIA]}]},
        {"option_groups": [{"label": plain("x" * 76), "options": [SOFIA]}]},
        {"suggestions": [SOFIA]},
    ],
)
def test_an_answer_beyond_slacks_limits_is_no_answer(
    wired: Control, recorder: Recorder, answer: dict[str, Any]
) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = answering(answer)
    found = typed(wired, id)
    assert (found["options"], found["error"]) == ([], "invalid_options")
    assert json.dumps(found["problems"])
    with pytest.raises(ControlError, match="no_such_option"):
        submit(wired, id, where={"town": "42.7,23.3"})


def test_a_hundred_options_are_taken(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = answering({"options": [option("x" * 75, f"{n}".zfill(150)) for n in range(100)]})
    assert len(typed(wired, id)["options"]) == 100


def test_an_app_that_does_not_answer_leaves_the_field_empty(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    recorder.answer = lambda delivery: Response(status_code=500)
    assert typed(wired, id) == {"options": [], "error": "http_error"}


def test_too_few_letters_are_not_sent(wired: Control, recorder: Recorder) -> None:
    id = opened(wired, recorder, FORM)
    with pytest.raises(ControlError, match="query_too_short"):
        typed(wired, id, "s")
    assert recorder.seen == []


def test_other_fields_and_views_have_no_suggestions(wired: Control, recorder: Recorder) -> None:
    view = modal(entry({"type": "plain_text_input", "action_id": "town"}), submit=plain("Save"))
    id = opened(wired, recorder, view)
    with pytest.raises(ControlError, match="no_such_action"):
        typed(wired, id)
    with pytest.raises(ControlError, match="view_not_found"):
        typed(wired, "V0")


def test_a_menu_in_a_message_is_suggested_to_as_well(
    wired: Control, recorder: Recorder, client: WebClient
) -> None:
    ts = client.chat_postMessage(channel=PICTURES, text="x", blocks=[actions({**TOWNS})])["ts"]
    where = {"user": ADA, "channel": PICTURES, "ts": ts, "action_id": "town", "value": "sof"}
    recorder.answer = answering({"options": [SOFIA]})
    assert wired.call("suggest", **where) == {"options": [SOFIA]}
    told = recorder.seen[-1].payload
    assert (told["container"]["message_ts"], told["channel"]["id"]) == (ts, PICTURES)
    assert told["message"]["ts"] == ts
    wired.call("press", **{**where, "value": "42.7,23.3"})
    assert recorder.seen[-1].payload["actions"][0]["selected_option"] == SOFIA


def test_only_the_fields_used_last_are_remembered() -> None:
    kept = Offered(most=2)
    for name in ("a", "b", "c"):
        kept.keep((name, "where", "town"), [SOFIA])
    seen = [len(kept.filled(name, "where", TOWNS)["options"]) for name in ("a", "b", "c")]
    assert seen == [0, 1, 1]
