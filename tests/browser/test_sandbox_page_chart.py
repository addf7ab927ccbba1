"""Slack's chart block on the channel page: its numbers in sight, and said to those who cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.cards.charts import chart_block
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.digests import CHANNEL, told

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def workspace() -> Iterator[Control]:
    with running(SandboxConfig(enforce_rates=False)) as control:
        control.call("switches", data_visualization=True)
        web = WebClient(token=SandboxConfig().bot_token, base_url=control.api_url)
        web.chat_postMessage(channel=CHANNEL, text="a week", blocks=[chart_block(told()["week"])])
        yield control


def test_a_chart_has_bars_with_numbers_and_a_description(page: Page, workspace: Control) -> None:
    page.goto(workspace.url)
    page.get_by_role("button", name=re.compile("pictures")).first.click()
    plot = page.get_by_role("img", name=re.compile(r"done: Mon 16 0, .*Sun 22 13\. held: .*Sun 22 1"))
    expect(plot).to_be_visible()
    bars = plot.locator(".bar-group").last.locator(".bar")
    expect(bars).to_have_count(2)
    tall, low = (bars.nth(number).bounding_box() for number in (0, 1))
    assert tall
    assert low
    assert tall["height"] > 5 * low["height"] > 0
    expect(plot.locator(".bar-group").last).to_contain_text("13")
