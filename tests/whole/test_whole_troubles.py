"""What a card hangs on goes away while it is made: the message, the membership, the token."""

from collections.abc import Iterator

import pytest

from sandbox.config import SandboxConfig
from tests.whole.house import ADA, GENERAL, PICTURES, PRIVATE, House, drawing, house

pytestmark = pytest.mark.xdist_group("whole-troubles")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Loupe in a Slack in which a call may come a breath after the deletion."""
    with house(tmp_path_factory.mktemp("troubles")) as home:
        home.expected |= {"message_not_found", "file_deleted"}
        yield home


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
