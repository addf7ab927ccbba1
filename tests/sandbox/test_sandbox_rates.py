"""429 with Retry-After: by Slack's limits, and on purpose."""

from __future__ import annotations

import httpx2 as httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from sandbox.rates import Rates
from sandbox.refusal import RateLimited
from sandbox.testing import Control
from tests.sandbox.refusals import refused

PICTURES = "C0PICTURES"


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def calls_until_limited(rates: Rates, method: str, channel: str = "") -> int:
    for count in range(1000):
        try:
            rates.check(method, channel, distributed=False)
        except RateLimited:
            return count
    raise AssertionError("never limited")


def test_posting_is_one_a_second_and_channel_after_a_short_burst() -> None:
    time = Time()
    rates = Rates(time)
    assert calls_until_limited(rates, "chat.postMessage", "C1") == 5
    assert calls_until_limited(rates, "chat.postMessage", "C2") == 5
    time.now += 2
    assert calls_until_limited(rates, "chat.postMessage", "C1") == 2


def test_editing_is_fifty_a_minute_over_all_channels() -> None:
    time = Time()
    rates = Rates(time)
    assert calls_until_limited(rates, "chat.update", "C1") == 50
    assert calls_until_limited(rates, "chat.update", "C2") == 0
    time.now += 60
    assert calls_until_limited(rates, "chat.update", "C2") == 50


def test_retry_after_is_when_the_next_call_passes() -> None:
    time = Time()
    rates = Rates(time)
    calls_until_limited(rates, "chat.update")
    with pytest.raises(RateLimited) as limited:
        rates.check("chat.update", "", distributed=False)
    time.now += limited.value.seconds
    rates.check("chat.update", "", distributed=False)


def test_too_many_posts_answer_429(sandbox: Control, client: WebClient) -> None:
    for n in range(5):
        client.chat_postMessage(channel=PICTURES, text=str(n))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=PICTURES, text="too soon")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"


def test_limits_can_be_switched_off(sandbox: Control, client: WebClient) -> None:
    sandbox.call("switches", enforce_rates=False)
    for n in range(12):
        client.chat_postMessage(channel=PICTURES, text=str(n))
    assert len(sandbox.messages()) == 12


def test_the_sdk_retries_after_the_seconds_named(sandbox: Control, client: WebClient) -> None:
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    sandbox.call("inject", method="chat.postMessage", retry_after=1)
    assert client.chat_postMessage(channel=PICTURES, text="patient")["ok"]
    first, second = sandbox.calls("chat.postMessage")
    assert first["error"] == "ratelimited"
    assert second["at_ms"] - first["at_ms"] >= 1000


def test_the_next_calls_of_a_method_fail_as_asked(sandbox: Control, client: WebClient) -> None:
    sandbox.call("inject", method="chat.postMessage", count=2, error="fatal_error")
    for _ in range(2):
        with refused("fatal_error"):
            client.chat_postMessage(channel=PICTURES, text="x")
    assert client.auth_test()["ok"]
    assert client.chat_postMessage(channel=PICTURES, text="x")["ok"]


def test_a_bare_http_failure(sandbox: Control) -> None:
    sandbox.call("inject", method="*", status=503)
    headers = {"Authorization": "Bearer xoxb-sandbox-bot"}
    assert httpx.post(f"{sandbox.api_url}auth.test", headers=headers).status_code == 503
    assert httpx.post(f"{sandbox.api_url}auth.test", headers=headers).status_code == 200


def test_injections_can_be_forgotten(sandbox: Control, client: WebClient) -> None:
    sandbox.call("inject", method="*", count=100, error="fatal_error")
    sandbox.call("inject", clear=True)
    assert client.auth_test()["ok"]
