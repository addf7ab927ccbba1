"""Slack refuses, hesitates, breaks off and forgets; messages, files and memberships end midway."""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pytest

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import BOT, Json, Trick

pytestmark = pytest.mark.xdist_group("examiner-troubles")
UNDERWAY = 2
"""Calls that were on their way already when the first was refused."""
METHODS = ("chat.postMessage", "chat.update", "reactions.add", "reactions.remove", "files.info")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with examined(tmp_path_factory.mktemp("troubles"), LOUPE_WORKERS="2") as found:
        yield found


@pytest.fixture(autouse=True)
def well_again(home: Examined) -> Iterator[None]:
    yield
    home.slack.tricks.clear()
    home.slack.unknown.clear()
    home.slack.forgetful = False


def test_a_storm_of_429_on_every_method_ends_with_one_card_each(home: Examined) -> None:
    for method in METHODS:
        home.slack.tricks[method].extend(Trick(status=429, retry_after="1") for _ in range(4))
    messages = [home.post(f"C1{n}", home.slack.file(picture(("storm", n)))) for n in range(3)]
    for message in messages:
        home.says(message, "No nudity seen")
        home.reacts(message, "white_check_mark")
    for method in METHODS:
        refused = [call.at for call in home.slack.of(method) if call.error == "ratelimited"]
        hasty = [later - earlier < 0.95 for earlier, later in pairwise(refused)]
        assert sum(hasty) <= UNDERWAY, (method, refused)


def test_broken_answers_of_every_method_end_with_one_card_each(home: Examined) -> None:
    for method in METHODS:
        broken = [Trick(status=500), Trick(cut="before"), Trick(error="internal_error")]
        home.slack.tricks[method].extend(broken)
    messages = [home.post(f"C2{n}", home.slack.file(picture(("broken", n)))) for n in range(3)]
    for message in messages:
        home.says(message, "No nudity seen")
        home.reacts(message, "white_check_mark")


LOST = [
    (Trick(cut="after"), False),
    (Trick(cut="after"), True),
    (Trick(wait=14), True),
    (Trick(wait=5), False),
]


@pytest.mark.parametrize(("trick", "forgetful"), LOST)
def test_a_card_whose_answer_was_lost_is_found_again(home: Examined, trick: Trick, forgetful: bool) -> None:
    home.slack.forgetful = forgetful
    home.slack.tricks["chat.postMessage"].append(trick)
    message = home.post(f"C3{trick.wait:.0f}{forgetful:d}", home.slack.file(picture(f"{trick}{forgetful}")))
    home.says(message, "No nudity seen")
    home.reacts(message, "white_check_mark")
    home.says(message, "No nudity seen")


def test_without_a_way_to_read_the_thread_the_cards_own_event_tells_that_it_is_there(home: Examined) -> None:
    home.slack.unknown |= {"conversations.replies", "conversations.history"}
    home.slack.echoes.clear()
    home.slack.tricks["chat.postMessage"].append(Trick(cut="after"))
    message = home.post("C40", home.slack.file(picture("blind")))
    own = until(lambda: list(home.slack.echoes), "the card")[0]
    assert home.event({**own, "event_ts": own["ts"], "channel_type": "channel"}) == 200
    home.reacts(message, "white_check_mark")
    home.says(message, "No nudity seen")


def test_without_a_way_to_read_the_thread_no_card_is_lost(home: Examined) -> None:
    home.slack.unknown |= {"conversations.replies", "conversations.history", "auth.test"}
    home.slack.tricks["chat.postMessage"].append(Trick(cut="before"))
    home.says(home.post("C41", home.slack.file(picture("blind, lost"))), "No nudity seen")


def test_a_slack_that_knows_hardly_a_method_still_gets_its_card(home: Examined) -> None:
    home.slack.unknown |= {
        "reactions.add",
        "reactions.remove",
        "chat.update",
        "auth.test",
        "conversations.info",
    }
    message = home.post("C42", home.slack.file(picture("hardly")))
    until(lambda: any("No nudity" in reply["text"] for reply in home.slack.replies(message)), "the verdict")


def test_a_looking_message_that_cannot_be_edited_does_not_keep_the_verdict_back(home: Examined) -> None:
    home.slack.tricks["chat.update"].extend(Trick(error="edit_window_closed") for _ in range(2))
    message = home.post("C43", home.slack.file(picture("uneditable"), "slow"))
    until(lambda: any("No nudity" in reply["text"] for reply in home.slack.replies(message)), "the verdict")


def test_slow_looking_is_told_once_and_that_message_becomes_the_card(home: Examined) -> None:
    message = home.post("C44", home.slack.file(picture("slow"), "slow"))
    first = until(lambda: home.slack.replies(message), "a word")[0]["ts"]
    assert home.says(message, "No nudity seen")["ts"] == first


@pytest.mark.parametrize(
    "error", ["channel_not_found", "not_in_channel", "is_archived", "channel_is_archived"]
)
def test_a_channel_that_is_gone_is_not_called_again_and_again(home: Examined, error: str) -> None:
    channel = f"C5{error.upper()}"
    home.slack.gone[channel] = error
    home.post(channel, home.slack.file(picture(error)))
    home.says(home.post("C55", home.slack.file(picture(f"beside {error}"))), "No nudity seen")
    calls = [call for call in home.slack.calls if call.given.get("channel") == channel]
    assert len(calls) <= 3, calls


def removal(channel: str, how: str) -> Json:
    left = {
        "type": "member_left_channel",
        "user": BOT,
        "channel": channel,
        "channel_type": "C",
        "team": "TEAM1",
    }
    return left if how == "removed" else {"type": "channel_left", "channel": channel, "actor_id": "UADA"}


def test_loupe_is_removed_from_the_channel(home: Examined) -> None:
    early = []
    for how, when in product(["removed", "left"], ["before", "after"]):
        channel = f"C6{how}{when}".upper()
        message = home.slack.message(channel, home.slack.file(picture((how, when)), "slow"))
        events: list[Json] = [removal(channel, how), message]
        for event in events if when == "before" else events[::-1]:
            assert home.event(event) == 200
        if when == "after":
            home.slack.gone[channel] = "not_in_channel"
        else:
            early.append(message)
    for message in early:
        home.says(message, "No nudity seen")


def deletion(message: Json) -> Json:
    known: dict[str, Any] = {"type": "message", "subtype": "message_deleted", "hidden": True}
    known |= {"channel": message["channel"], "deleted_ts": message["ts"], "ts": message["ts"] + "1"}
    return {**known, "previous_message": message}


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_the_message_is_deleted_before_during_and_after(home: Examined, when: str) -> None:
    file = home.slack.file(picture(f"deleted {when}"), "slow" if when == "during" else "well")
    message = home.slack.message(channel := f"C7{when.upper()}", file)
    if when == "before":
        assert home.event(deletion(message)) == 200
    assert home.event(message) == 200
    if when == "during":
        until(lambda: message.get("reactions") or home.slack.replies(message), "a sign")
    if when == "after":
        home.says(message, "No nudity seen")
    home.slack.messages[channel].remove(message)
    assert home.event({**deletion(message), "previous_message": None}) == 200
    home.says(home.post("C78", home.slack.file(picture(f"beside {when}"))), "No nudity seen")
    until(lambda: not home.slack.replies(message), "nothing of it is left")


def test_a_file_deleted_midway_is_told_while_its_message_stands(home: Examined) -> None:
    file = home.slack.file(picture("deleted file"))
    home.slack.tricks["files.info"].append(Trick(status=429, retry_after="2"))
    message = home.post("C79", file)
    del home.slack.files[file["id"]]
    home.says(message, "Not looked at", "deleted")
