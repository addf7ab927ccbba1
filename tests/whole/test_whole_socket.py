"""The same over Socket Mode: no public address, everything through one websocket."""

import pytest

from tests.whole.house import ADA, GENERAL, PICTURES, House, drawing, photo

pytestmark = pytest.mark.xdist_group("whole-socket")


def test_a_picture_gets_its_card_and_reaction_through_the_socket(by_socket: House) -> None:
    posted = by_socket.post(photo("pigallery2--sydney_opera_house.jpg"))
    by_socket.says(posted, "Sydney", "openstreetmap.org")
    by_socket.slack.wait(lambda _: by_socket.reactions(posted) == {"white_check_mark"}, 30)
    assert {d["via"] for d in by_socket.slack.state()["deliveries"]} == {"socket"}


def test_doubled_and_reordered_envelopes_give_one_card_each(by_socket: House) -> None:
    by_socket.slack.call("switches", duplicates=1, reorder=True, drop_acks=2)
    posts = [by_socket.post(drawing(f"envelope {n}"), channel=GENERAL) for n in range(3)]
    by_socket.slack.settled(30)
    by_socket.slack.call("switches", duplicates=0, reorder=False, drop_acks=0)
    assert [by_socket.says(posted, "No nudity seen") for posted in posts]
    assert [len(by_socket.replies(posted)) for posted in posts] == [1, 1, 1]


def test_a_command_is_answered_through_the_socket(by_socket: House) -> None:
    told = by_socket.slack.call("command", channel=PICTURES, user=ADA, line="/imgstatus help")
    assert told["ok"]
    assert "/imgstatus health" in told["body"]["text"]


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_pictures_go_on_after_slack_renewed_the_connection(by_socket: House, reason: str) -> None:
    by_socket.slack.call("disconnect", reason=reason)
    posted = by_socket.post(drawing(f"after {reason}"), channel=GENERAL)
    by_socket.says(posted, "No nudity seen")
