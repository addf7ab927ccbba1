"""Slack refuses, slows down or hands out the wrong thing: the picture still gets its words, once."""

from collections.abc import Iterator

import pytest

from sandbox.config import SandboxConfig
from tests.whole.house import ADA, DIRECT, GENERAL, PICTURES, PRIVATE, House, drawing, house

pytestmark = pytest.mark.xdist_group("whole-troubles")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Loupe in a Slack in which refusals are expected."""
    with house(tmp_path_factory.mktemp("troubles")) as home:
        home.expected |= {"ratelimited", "token_revoked", "http_503", "internal_error", "missing_scope"}
        home.expected |= {"message_not_found"}  # a reaction may come a breath after the deletion
        yield home


@pytest.mark.parametrize("method", ["chat.postMessage", "reactions.add", "files.info"])
def test_a_storm_of_429_delays_the_one_card_and_loses_nothing(troubled: House, method: str) -> None:
    troubled.slack.call("inject", method=method, count=4, retry_after=1)
    posts = [troubled.post(drawing(f"{method} {n}"), channel=PRIVATE) for n in range(2)]
    for posted in posts:
        troubled.says(posted, "No nudity seen")
    troubled.slack.call("inject", clear=True)
    assert [len(troubled.replies(posted)) for posted in posts] == [1, 1]


def test_retry_after_is_waited_out_before_the_next_call_of_that_method(troubled: House) -> None:
    troubled.slack.call("inject", method="chat.postMessage", count=1, retry_after=3)
    posted = troubled.post(drawing("patience"), channel=GENERAL)
    troubled.card(posted)
    tries = [
        call
        for call in troubled.slack.calls("chat.postMessage")
        if call["arguments"].get("thread_ts") == posted["ts"]
    ]
    assert [call["error"] for call in tries] == ["ratelimited", ""]
    assert tries[1]["at_ms"] - tries[0]["at_ms"] >= 3000


@pytest.mark.parametrize("page", ["html", "redirect"])
def test_a_login_page_instead_of_the_file_is_told_as_what_it_is(troubled: House, page: str) -> None:
    troubled.slack.call("switches", broken_downloads=True, login_page=page)
    posted = troubled.post(drawing(f"login {page}"), channel=GENERAL)
    troubled.says(posted, "Not looked at", "login page", "files:read")
    troubled.slack.call("switches", broken_downloads=False, login_page="html")


def test_a_missing_scope_is_named(troubled: House) -> None:
    troubled.slack.call("scopes", remove=["files:read"])
    posted = troubled.post(drawing("scope"), channel=DIRECT)
    troubled.says(posted, "Not looked at", "files:read")
    troubled.slack.call("scopes", add=["files:read"])


def test_an_answer_that_got_lost_does_not_double_the_card(troubled: House) -> None:
    troubled.slack.call("inject", method="chat.postMessage", count=1, status=503)
    posted = troubled.post(drawing("lost answer"), channel=PRIVATE)
    troubled.says(posted, "No nudity seen")
    assert len(troubled.replies(posted)) == 1


def test_a_message_deleted_while_its_picture_is_looked_at_gets_no_card(troubled: House) -> None:
    troubled.slack.call("switches", download_delay=1.5)
    gone = troubled.post(drawing("deleted"), channel=GENERAL)
    troubled.slack.settled()
    troubled.slack.call("delete_message", channel=GENERAL, ts=gone["ts"])
    troubled.slack.settled()
    troubled.slack.call("switches", download_delay=0.0)
    _all_looked_at(troubled)
    troubled.card(troubled.post(drawing("after the deleted one"), channel=GENERAL))
    assert troubled.replies(gone) == []


def test_a_bot_removed_while_it_looks_says_nothing_and_goes_on_elsewhere(troubled: House) -> None:
    troubled.slack.call("switches", download_delay=1.5)
    posted = troubled.post(drawing("removed"), channel=PICTURES)
    troubled.slack.settled()
    troubled.slack.call("remove_bot", channel=PICTURES)
    troubled.slack.settled()
    troubled.slack.call("switches", download_delay=0.0)
    _all_looked_at(troubled)
    troubled.card(troubled.post(drawing("elsewhere"), channel=PRIVATE))
    assert troubled.replies(posted) == []
    troubled.slack.call("invite_bot", channel=PICTURES)


def test_a_revoked_token_keeps_the_card_until_loupe_is_installed_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with house(tmp_path_factory.mktemp("revoked"), config=SandboxConfig()) as home:
        home.expected |= {"token_revoked"}
        home.slack.call("switches", download_delay=1.0)
        posted = home.post(drawing("revoked"))
        home.slack.settled()
        home.slack.call("revoke_token")
        home.slack.wait(lambda slack: [c for c in slack.state()["calls"] if c["error"]], 20)
        assert home.replies(posted) == []
        home.slack.call("reinstall")
        home.card(posted, seconds=60)


def _all_looked_at(home: House) -> None:
    def idle(_: object) -> bool:
        told = home.slack.call("command", channel=PICTURES, user=ADA, line="/imgstatus")
        return "Queue: 0 steps waiting, 0 running, 0 to be tried again" in told["body"]["text"]

    home.slack.wait(idle, 30)
