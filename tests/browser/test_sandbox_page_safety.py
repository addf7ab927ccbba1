"""Whatever is posted, under whatever name: the page shows it as text, runs none of it, and stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.sandbox.kit import actions, button, context, mrkdwn, option, plain, section
from tests.sandbox.samples import picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SCRIPT = "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>\"'><svg onload=window.pwned=1>"
JAVASCRIPT = "javascript:window.pwned=1"
TEXTS = [
    SCRIPT,
    f"<{JAVASCRIPT}|a link>",
    "<data:text/html,<script>window.pwned=1</script>|another>",
    f"<https://example.org/?q={SCRIPT}|third>",
    "<@U0NOBODY01> <@constructor> <#__proto__> <#C0NOWHERE1|<b>>",
    "<!date^nonsense^{date}|no date> <!date^99999999999999^{date}|no date either> <!date^1^{__proto__}|odd>",
    ":constructor: :__proto__: :toString: :hasOwnProperty:",
    "```" + SCRIPT + "```",
    "`" + SCRIPT + "`",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &amp;lt;b&amp;gt;",
    "> " + SCRIPT,
    "*" * 2000,
    "_~*`" * 500,
    "\u202e\u0000\u0007 right to left \u2066",
]
HOSTILE: dict[str, list[dict[str, Any]]] = {
    "every text": [
        {"type": "header", "text": plain(SCRIPT[:150])},
        section(text=mrkdwn(SCRIPT), fields=[plain(SCRIPT)]),
        context(mrkdwn(SCRIPT), plain(SCRIPT)),
        {"type": "markdown", "text": f"# {SCRIPT}\n[link]({JAVASCRIPT}) ![x](x){SCRIPT}"},
    ],
    "addresses": [
        {
            "type": "image",
            "image_url": "https://127.0.0.1:9/x.png' onerror='window.pwned=1",
            "alt_text": SCRIPT,
        },
        {"type": "image", "image_url": "http://localhost:9/x.svg", "alt_text": "broken"},
    ],
    "elements": [
        actions(
            button(text=plain(SCRIPT[:75]), value=SCRIPT, action_id=SCRIPT),
            {"type": "overflow", "options": [option(SCRIPT[:75], SCRIPT[:150])], "action_id": "o"},
            {
                "type": "static_select",
                "options": [option(SCRIPT[:75])],
                "placeholder": plain(SCRIPT),
                "action_id": "s",
            },
        )
    ],
    "rich": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": SCRIPT},
                        {"type": "link", "url": JAVASCRIPT, "text": "rich link"},
                        {"type": "emoji", "name": "constructor"},
                        {"type": "user", "user_id": "__proto__"},
                        {"type": "date", "timestamp": 10**17, "format": "{date}", "fallback": "no such day"},
                        {"type": "date", "timestamp": 0, "format": "{constructor}{__proto__}"},
                    ],
                }
            ],
        }
    ],
    "table": [{"type": "table", "rows": [[{"type": "raw_text", "text": SCRIPT}]]}],
}


@pytest.fixture(scope="module")
def workspace() -> Iterator[Control]:
    with running(SandboxConfig(enforce_rates=False)) as control:
        yield control


def shown(page: Page, workspace: Control, last: str) -> None:
    """Open the channel and wait for its last message; what was posted before it was rendered too."""
    page.route("https://127.0.0.1:9/**", lambda route: route.abort())
    workspace.post(text=last)
    page.goto(workspace.url)
    expect(page.locator("#messages").get_by_text(last)).to_be_visible()


def harmless(page: Page) -> None:
    assert page.evaluate("window.pwned") is None
    assert page.locator("#messages script, #messages svg, #messages iframe").count() == 0
    links = page.locator("#messages a").evaluate_all("all => all.map((one) => one.href)")
    assert all(link.startswith(("http://", "https://", "mailto:")) for link in links)


def bot_posts(workspace: Control, blocks: list[dict[str, Any]]) -> None:
    answer = httpx.post(
        f"{workspace.api_url}chat.postMessage",
        headers={"Authorization": "Bearer xoxb-sandbox-bot"},
        json={"channel": "C0PICTURES", "text": "blocks", "blocks": blocks},
    ).json()
    assert answer["ok"], answer


def test_no_text_runs_or_breaks_the_page(page: Page, workspace: Control) -> None:
    for text in TEXTS:
        workspace.post(text=text)
    shown(page, workspace, "the last of the texts")
    harmless(page)
    assert page.locator("#messages .message").count() >= len(TEXTS)
    expect(page.locator("#messages").get_by_text(":constructor:", exact=False).first).to_be_visible()


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "addresses"])
def test_no_block_runs_or_breaks_the_page(page: Page, workspace: Control, kind: str) -> None:
    bot_posts(workspace, HOSTILE[kind])
    shown(page, workspace, f"behind {kind}")
    harmless(page)


def test_a_day_that_no_calendar_has_shows_what_stands_in_for_it(page: Page, workspace: Control) -> None:
    bot_posts(workspace, HOSTILE["rich"])
    shown(page, workspace, "behind the day")
    expect(page.locator("#messages").get_by_text("no such day").first).to_be_visible()


def test_no_file_name_runs_or_breaks_the_page(page: Page, workspace: Control) -> None:
    for name in (SCRIPT + ".jpg", "../../x.jpg", "' onerror='window.pwned=1.jpg", ".jpg", "\u202egpj.exe"):
        workspace.post((name, picture()))
    shown(page, workspace, "behind the files")
    harmless(page)
    for link in page.locator("#messages .file a").all():
        assert link.get_attribute("download") is not None


def test_no_reaction_runs_or_breaks_the_page(page: Page, workspace: Control) -> None:
    ts = workspace.post(text="react to this")["ts"]
    for name in ("constructor", "__proto__", "tostring", "eyes"):
        workspace.call("react", channel="C0PICTURES", ts=ts, user="U0GRACEH01", name=name)
    shown(page, workspace, "behind the reactions")
    harmless(page)
    expect(page.get_by_role("button", name="constructor, 1, by grace", exact=False)).to_be_visible()


def test_another_site_cannot_frame_or_script_the_page(page: Page, workspace: Control) -> None:
    policy = httpx.get(workspace.url).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["frame-ancestors"] == rules["default-src"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "null"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": ""}, 403),
        ({}, 200),
    ],
)
def test_who_may_ask(workspace: Control, headers: dict[str, str], status: int) -> None:
    assert httpx.get(f"{workspace.url}/", headers=headers).status_code == status


def test_a_picture_address_on_another_site_cannot_post(workspace: Control) -> None:
    """What <img src="http://127.0.0.1:8081/api/chat.postMessage?..."> on any web page would send."""
    query = "token=xoxb-sandbox-bot&channel=C0PICTURES&text=forged"
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    answer = httpx.get(f"{workspace.api_url}chat.postMessage?{query}", headers=headers)
    assert answer.status_code == 403
    assert all(message["text"] != "forged" for message in workspace.messages())
