"""Deliveries that go wrong, by accident or by switch: repeats, copies, disorder, delays, stubs."""

from __future__ import annotations

import time
from typing import Any

from slack_sdk import WebClient
from starlette.responses import PlainTextResponse, Response

from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.sandbox.conftest import QUICK, bot
from tests.sandbox.recorder import Delivery, Recorder, of_kind
from tests.sandbox.samples import picture

PICTURES = "C0PICTURES"


def failing(times: int, response: Response) -> Any:
    left = iter(range(times))

    def answer(delivery: Delivery) -> Response:
        return response if next(left, None) is not None else Response()

    return answer


def test_a_failed_delivery_comes_again_with_number_and_reason(wired: Control, recorder: Recorder) -> None:
    recorder.answer = failing(2, PlainTextResponse("no", 500))
    wired.post(text="x")
    first, second, third = recorder.wait(3)
    assert "x-slack-retry-num" not in first.headers
    assert [d.headers["x-slack-retry-num"] for d in (second, third)] == ["1", "2"]
    assert second.headers["x-slack-retry-reason"] == "http_error"
    assert first.payload["event_id"] == second.payload["event_id"] == third.payload["event_id"]


def test_after_three_repeats_slack_gives_up(wired: Control, recorder: Recorder) -> None:
    recorder.answer = failing(99, PlainTextResponse("not here", 404))
    wired.post(text="x")
    wired.settled()
    assert len(recorder.seen) == 4


def test_an_app_can_ask_for_no_repeats(wired: Control, recorder: Recorder) -> None:
    recorder.answer = failing(99, PlainTextResponse("no", 500, {"X-Slack-No-Retry": "1"}))
    wired.post(text="x")
    wired.settled()
    assert len(recorder.seen) == 1


def test_an_answer_after_three_seconds_is_none(recorder: Recorder) -> None:
    def slow(delivery: Delivery) -> Response:
        if "x-slack-retry-num" not in delivery.headers:
            time.sleep(0.5)
        return Response()

    recorder.answer = slow
    with running(SandboxConfig(request_url=recorder.url, ack_seconds=0.2, retry_delays=(0.4,))) as control:
        control.post(text="x")
        _, again = recorder.wait(2)
        assert again.headers["x-slack-retry-reason"] == "http_timeout"


def test_an_app_that_is_not_there_yet_gets_the_event_when_it_is(sandbox: Control, recorder: Recorder) -> None:
    sandbox.post(text="early")
    sandbox.call("request_url", url=recorder.url)
    (delivery,) = recorder.wait(1)
    assert delivery.headers["x-slack-retry-reason"] == "connection_failed"


def test_duplicates_carry_the_same_event_id(wired: Control, recorder: Recorder) -> None:
    wired.call("switches", duplicates=2)
    wired.post(text="x")
    found = recorder.wait(3)
    assert len({delivery.payload["event_id"] for delivery in found}) == 1


def test_a_lost_acknowledgement_brings_the_event_again(wired: Control, recorder: Recorder) -> None:
    wired.call("switches", drop_acks=1)
    wired.post(text="x")
    assert recorder.wait(2)[1].headers["x-slack-retry-num"] == "1"


def test_events_in_the_wrong_order(wired: Control, recorder: Recorder) -> None:
    wired.call("switches", reorder=True)
    sent = [wired.post(text=str(n))["ts"] for n in range(4)]
    recorder.wait(4)
    arrived = [event["ts"] for event in recorder.events("message")]
    assert sorted(arrived) == sent
    assert arrived != sent


def test_a_delay(wired: Control, recorder: Recorder) -> None:
    wired.call("switches", event_delay=0.4)
    began = time.monotonic()
    wired.post(text="x")
    assert recorder.wait(1)[0].at - began >= 0.4


def test_slack_connect_shows_stubs_and_files_info_the_rest(wired: Control, recorder: Recorder) -> None:
    wired.call("switches", connect_stubs=True)
    posted = wired.post(("a.jpg", picture()))
    recorder.wait(2)
    (message,) = of_kind(recorder, "message", "file_share")
    (stub,) = message["files"]
    assert (stub["id"], stub["file_access"]) == (posted["files"][0], "check_file_info")
    assert "url_private_download" not in stub
    assert bot(wired).files_info(file=stub["id"])["file"]["url_private_download"]


def test_the_journal_of_deliveries(wired: Control, recorder: Recorder) -> None:
    wired.post(text="x")
    recorder.wait(1)
    wired.settled()
    (entry,) = wired.state()["deliveries"]
    assert (entry["via"], entry["event"], entry["error"], entry["attempt"]) == ("http", "message", "", 0)


def test_an_upload_by_the_app_is_an_event_like_any_other(wired: Control, recorder: Recorder) -> None:
    client: WebClient = bot(wired)
    client.files_upload_v2(content="x", filename="x.txt", channel=PICTURES)
    recorder.wait(2)
    (message,) = of_kind(recorder, "message", "file_share")
    assert message["bot_id"] == "B0LOUPEBOT"


def test_the_quick_config_is_the_default_but_for_its_times() -> None:
    assert QUICK.events == SandboxConfig().events
    assert "secret" not in repr(QUICK)
    assert "xoxb" not in repr(QUICK)
