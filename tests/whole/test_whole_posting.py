"""A picture is posted and the verdict comes back, through every process of `loupe up`."""

import pytest

from sandbox.model import Json
from tests.whole.house import ADA, DIRECT, GENERAL, GRACE, PRIVATE, House, drawing, photo

pytestmark = pytest.mark.xdist_group("whole-posting")


def journal(home: House, posted: Json) -> list[tuple[str, str]]:
    """Slack's methods that were called about one message, in order, with the name of a reaction."""
    wanted = {posted["ts"]}
    found = []
    for call in home.slack.state()["calls"]:
        said = call["arguments"]
        if wanted & {said.get("timestamp"), said.get("thread_ts"), said.get("ts")}:
            found.append((call["method"], str(said.get("name", ""))))
    return found


def test_a_picture_gets_eyes_then_one_card_in_its_thread_then_the_final_reaction(over_http: House) -> None:
    posted = over_http.post(photo("face_recognition--obama_and_biden.jpg"))
    over_http.says(posted, "No nudity seen", "faces", "No location", "IMG-", "JPEG")
    over_http.slack.wait(lambda _: over_http.reactions(posted) == {"white_check_mark"}, 30)
    assert journal(over_http, posted) == [
        ("reactions.add", "eyes"),
        ("chat.postMessage", ""),
        ("reactions.add", "white_check_mark"),
        ("reactions.remove", "eyes"),
    ]
    assert len(over_http.replies(posted)) == 1


def test_the_card_names_the_place_and_links_both_maps_where_the_file_says_where(over_http: House) -> None:
    over_http.slack.call("switches", strip_exif=False)
    posted = over_http.post(photo("pigallery2--sydney_opera_house.jpg"))
    over_http.slack.call("switches", strip_exif=True)
    over_http.says(posted, "Sydney", "Australia", "openstreetmap.org", "google.")


def test_several_files_in_one_message_get_one_card_with_all_of_them(over_http: House) -> None:
    posted = over_http.post(*(drawing(f"several {n}") for n in range(4)), channel=GENERAL)
    text = over_http.says(posted, "4 pictures: 4 looked at")
    assert text.count("No nudity seen") == 4


def test_a_picture_in_a_thread_is_answered_in_that_thread(over_http: House) -> None:
    opening = over_http.slack.post(channel=GENERAL, text="look at this")
    posted = over_http.post(drawing("thread"), channel=GENERAL, thread_ts=opening["ts"])
    assert over_http.card(posted)["thread_ts"] == opening["ts"]


@pytest.mark.parametrize("channel", [DIRECT, PRIVATE])
def test_a_picture_in_a_direct_message_or_private_channel_is_answered_there(
    over_http: House, channel: str
) -> None:
    posted = over_http.post(drawing(channel), channel=channel)
    over_http.says(posted, "No nudity seen")


def test_a_file_that_slack_connect_only_hints_at_is_fetched_all_the_same(over_http: House) -> None:
    over_http.slack.call("switches", connect_stubs=True)
    posted = over_http.post(drawing("stub"), channel=GENERAL)
    over_http.slack.settled()
    over_http.slack.call("switches", connect_stubs=False)
    over_http.says(posted, "No nudity seen")


def test_deliveries_that_come_twice_late_and_in_the_wrong_order_give_one_card_each(over_http: House) -> None:
    over_http.slack.call("switches", duplicates=2, reorder=True, event_delay=0.3, drop_acks=3)
    posts = [over_http.post(drawing(f"again {n}"), channel=PRIVATE) for n in range(4)]
    over_http.slack.settled(30)
    over_http.slack.call("switches", duplicates=0, reorder=False, event_delay=0.0, drop_acks=0)
    assert [over_http.says(posted, "No nudity seen") for posted in posts]
    assert [len(over_http.replies(posted)) for posted in posts] == [1, 1, 1, 1]


def test_the_same_file_again_is_recognised_and_the_card_says_whose_it_was(over_http: House) -> None:
    first = over_http.post(drawing("twin"), channel=GENERAL)
    over_http.card(first)
    second = over_http.post(drawing("twin"), channel=GENERAL, user=GRACE)
    over_http.says(second, "very same file", f"<@{ADA}>", "here")


def test_words_and_the_bots_own_messages_are_left_alone(over_http: House) -> None:
    posted = over_http.slack.post(channel=GENERAL, text="only words")
    over_http.slack.settled()
    over_http.card(over_http.post(drawing("after words"), channel=GENERAL))
    assert over_http.slack.thread(posted["ts"], GENERAL) == []
