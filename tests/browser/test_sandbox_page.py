"""The channel page in chromium, with a few lines of Bolt as the bot behind it."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.browser.small_bot import bot
from tests.sandbox.kit import actions, button, plain
from tests.sandbox.samples import picture

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PICTURES, ADA = "C0PICTURES", "U0ADALOVE1"
DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, type, data] of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.querySelector("#messages").dispatchEvent(event);
  }
}"""


@pytest.fixture
def workspace() -> Iterator[Control]:
    with running(SandboxConfig(enforce_rates=False)) as control:
        handler = SocketModeHandler(
            bot(control), "xapp-sandbox-app", web_client=WebClient(base_url=control.api_url)
        )
        handler.connect()  # type: ignore[no-untyped-call]
        control.wait(lambda one: one.state()["sockets"] == 1)
        yield control
        threading.Thread(target=handler.close).start()  # takes 3 s


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    page.evaluate(DROP, [[name, "image/jpeg", base64.b64encode(data).decode()] for name, data in files])


@pytest.fixture
def channel(page: Page, workspace: Control) -> Page:
    """The page, open on #pictures, talking to no other host."""

    def stay_home(route: Route) -> None:
        assert route.request.url.startswith((workspace.url, "data:", "blob:")), route.request.url
        route.continue_()

    page.route("**/*", stay_home)
    page.goto(workspace.url)
    expect(page.get_by_role("heading", name="# pictures")).to_be_visible()
    return page


@pytest.fixture
def thread(channel: Page) -> Page:
    """A picture was dropped and the bot's card stands beside it."""
    drop(channel, ("tea.jpg", picture(size=(320, 240))))
    expect(
        channel.get_by_role("complementary", name="Thread").get_by_text("Nothing to worry about")
    ).to_be_visible()
    return channel


def test_a_dropped_picture_shows_with_reaction_and_card(thread: Page) -> None:
    message = thread.locator("#messages .message").first
    image = message.get_by_role("img", name="tea.jpg")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("naturalWidth", 320)
    expect(message.get_by_role("button", name="eyes, 1, by Loupe")).to_be_visible()
    expect(message.get_by_role("button", name=re.compile("1 reply"))).to_be_visible()


def test_the_newest_words_stay_in_view_when_pictures_arrive_late(thread: Page) -> None:
    expect(thread.locator("#replies").get_by_text("rich words")).to_be_in_viewport()
    expect(thread.locator("#messages").get_by_role("button", name=re.compile("1 reply"))).to_be_in_viewport()
    thread.set_viewport_size({"width": 1280, "height": 420})
    expect(thread.locator("#replies").get_by_text("rich words")).to_be_in_viewport()


def test_the_card_is_rendered_as_slack_would(thread: Page) -> None:
    replies = thread.locator("#replies")
    expect(replies.get_by_role("heading", name="Nothing to worry about")).to_be_visible()
    expect(replies.locator("strong", has_text="2 faces")).to_be_visible()
    place = replies.get_by_role("link", name="Arezzo")
    expect(place).to_have_attribute("href", "https://www.openstreetmap.org/#map=1")
    expect(place).to_have_attribute("rel", "noopener noreferrer")
    expect(replies.locator("code", has_text="IMG-7F3K")).to_be_visible()
    expect(replies.locator("time", has_text="2008-10-22 8:26 PM")).to_be_visible()
    expect(replies.get_by_role("img", name="the picture")).to_be_visible()
    expect(replies.locator(".rich strong", has_text="rich words")).to_be_visible()


def test_hostile_text_stays_text(thread: Page) -> None:
    words = thread.locator("#replies .context")
    expect(words).to_contain_text("<img src=x onerror=alert(2)>")
    expect(words).to_contain_text("a link")
    assert words.locator("script, img, a").count() == 0


def test_two_pictures_in_one_message(channel: Page, workspace: Control) -> None:
    channel.get_by_label("Message", exact=True).fill("both of them")
    drop(channel, ("a.jpg", picture()), ("b.jpg", picture()))
    expect(channel.locator("#messages .file img")).to_have_count(2)
    (message,) = [m for m in workspace.messages() if m.get("files")]
    assert message["text"] == "both of them"


def test_a_picked_picture(channel: Page) -> None:
    file = FilePayload(name="picked.png", mimeType="image/png", buffer=picture("PNG"))
    channel.locator("#composer input[type=file]").set_input_files([file])
    expect(channel.get_by_role("img", name="picked.png").first).to_be_visible()


def test_a_command_is_answered_to_its_asker_only(channel: Page) -> None:
    box = channel.get_by_label("Message", exact=True)
    box.fill("/img")
    channel.get_by_role("button", name="/imgstatus").click()
    box.press_sequentially("IMG-1")
    box.press("Enter")
    answer = channel.locator(".message.ephemeral")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer).to_contain_text("Status of IMG-1")
    channel.get_by_label("You are").select_option("U0GRACEH01")
    expect(answer).to_have_count(0)


def test_a_modal_keeps_its_errors_and_closes_when_it_is_right(thread: Page) -> None:
    thread.get_by_role("button", name="Add a place").click()
    dialog = thread.get_by_role("dialog", name="Add a place")
    dialog.get_by_label("Place").fill("nowhere")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert").filter(has_text="There is no such place")).to_be_visible()
    dialog.get_by_label("Place").fill("Arezzo")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(thread.get_by_text("Placed in Arezzo")).to_be_visible()


def test_a_button_that_asks_first(thread: Page, workspace: Control) -> None:
    hide = thread.locator("#replies").get_by_role("button", name="Hide")
    hide.click()
    thread.locator("#confirm").get_by_role("button", name="No").click()
    hide.click()
    thread.locator("#confirm").get_by_role("button", name="Yes").click()
    expect(thread.locator("#replies").get_by_text("It is hidden")).to_be_visible()
    pressed = [entry for entry in workspace.state()["deliveries"] if entry["event"] == "block_actions"]
    assert len(pressed) == 1


def test_a_choice_in_an_overflow_menu_replaces_the_card(thread: Page) -> None:
    thread.get_by_label("More options").click()
    thread.get_by_role("button", name="Details").click()
    expect(thread.locator("#replies").get_by_text("chosen: details")).to_be_visible()
    expect(thread.get_by_text("Nothing to worry about")).to_have_count(0)


def test_the_message_menu_checks_reacts_and_deletes(thread: Page) -> None:
    message = thread.locator("#messages .message").first
    message.hover()
    message.get_by_label("More actions").click()
    message.get_by_role("button", name="Check this image").click()
    expect(thread.get_by_text("Checking it again")).to_be_visible()
    message.get_by_label("More actions").click()
    message.get_by_role("button", name="React with heart").click()
    expect(message.get_by_role("button", name="heart, 1, by Ada Lovelace")).to_be_visible()
    message.get_by_label("More actions").click()
    message.get_by_role("button", name="Delete message…").click()
    thread.locator("#confirm").get_by_role("button", name="Delete").click()
    expect(thread.get_by_text("This message was deleted.").first).to_be_visible()
    expect(thread.locator("#messages .file")).to_have_count(0)


def test_everything_by_keyboard(channel: Page) -> None:
    channel.keyboard.press("Tab")
    expect(channel.get_by_role("link", name="Skip to the message box")).to_be_focused()
    channel.keyboard.press("Enter")
    channel.keyboard.type("hello *world* :eyes:")
    channel.keyboard.press("Enter")
    message = channel.locator("#messages .message").first
    expect(message.locator("strong", has_text="world")).to_be_visible()
    expect(message.get_by_role("img", name="eyes")).to_be_visible()
    message.get_by_label("More actions").focus()
    channel.keyboard.press("Enter")
    message.get_by_role("button", name="Reply in thread").press("Enter")
    expect(channel.get_by_label("Reply", exact=True)).to_be_focused()
    channel.keyboard.type("in the thread")
    channel.keyboard.press("Enter")
    expect(channel.locator("#replies").get_by_text("in the thread")).to_be_visible()
    channel.keyboard.press("Escape")
    expect(channel.get_by_role("complementary", name="Thread")).to_be_hidden()


def test_words_are_escaped_on_their_way(channel: Page, workspace: Control) -> None:
    channel.get_by_label("Message", exact=True).fill("1 < 2 & @loupe <b>")
    channel.get_by_role("button", name="Send").first.click()
    expect(channel.locator("#messages .text")).to_have_text("1 < 2 & @Loupe <b>")
    assert workspace.messages()[0]["text"] == "1 &lt; 2 &amp; <@U0LOUPEBOT> &lt;b&gt;"


def test_news_in_other_channels_is_marked(channel: Page, workspace: Control) -> None:
    workspace.post(text="over here", channel="C0GENERAL1", user="U0GRACEH01")
    general = channel.get_by_role("button", name="general")
    expect(general).to_have_class(re.compile("unread"))
    general.click()
    expect(channel.get_by_text("over here")).to_be_visible()
    expect(general).not_to_have_class(re.compile("unread"))


def test_the_direct_conversation_has_a_home_tab(channel: Page) -> None:
    channel.get_by_role("button", name="Loupe", exact=True).click()
    channel.get_by_role("button", name="Home").click()
    expect(channel.get_by_text("Welcome home")).to_be_visible()
    channel.get_by_role("button", name="Messages").click()
    expect(channel.get_by_label("Message", exact=True)).to_be_visible()


def test_a_permalink_opens_its_thread(thread: Page, workspace: Control) -> None:
    reply = next(m for m in workspace.messages() if m.get("parent_user_id"))
    client = WebClient(token="xoxb-sandbox-bot", base_url=workspace.api_url)
    link = client.chat_getPermalink(channel=PICTURES, message_ts=reply["ts"])["permalink"]
    thread.goto(link)
    expect(thread.locator("#replies").get_by_text("Nothing to worry about")).to_be_visible()


def test_an_app_that_does_not_answer_is_told(channel: Page, workspace: Control) -> None:
    workspace.call("disconnect", reason="link_disabled")
    workspace.call("inject", method="apps.connections.open", count=1000, error="internal_error")
    ts = WebClient(token="xoxb-sandbox-bot", base_url=workspace.api_url).chat_postMessage(
        channel=PICTURES, text="x", blocks=[actions(button(text=plain("Press me")))]
    )["ts"]
    assert ts
    channel.get_by_role("button", name="Press me").click()
    expect(channel.get_by_role("status")).to_contain_text("The app did not answer")


def test_on_a_phone_nothing_sticks_out(thread: Page) -> None:
    thread.set_viewport_size({"width": 375, "height": 740})
    expect(thread.get_by_role("complementary", name="Thread")).to_be_visible()
    assert thread.evaluate("document.documentElement.scrollWidth") == 375
    thread.get_by_label("Close thread").click()
    expect(thread.get_by_role("button", name=re.compile("1 reply"))).to_be_visible()
    assert thread.evaluate("document.querySelector('#messages').scrollWidth") <= 375
    thread.locator("#open-sidebar").click()
    thread.get_by_role("button", name="general").click()
    expect(thread.get_by_role("heading", name="# general")).to_be_visible()
    expect(thread.locator("#sidebar")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_ground_in_both_schemes(
    channel: Page, workspace: Control, scheme: str
) -> None:
    channel.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    workspace.post(text="some words")
    text = channel.locator("#messages .text").first
    expect(text).to_be_visible()
    ink, paper = (
        channel.evaluate("(name) => getComputedStyle(document.body)[name]", name)
        for name in ("color", "backgroundColor")
    )
    assert contrast(ink, paper) >= 7


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two CSS rgb() colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
