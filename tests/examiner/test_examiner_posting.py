"""Pictures are posted, by somebody else's Slack: every one gets exactly one card."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import BOT, BOT_ID, Json

pytestmark = pytest.mark.xdist_group("examiner-posting")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with examined(tmp_path_factory.mktemp("posting")) as found:
        yield found


@pytest.fixture(scope="module")
def announced(home: Examined) -> list[Json]:
    """Messages that come after or before the announcement of their file, or never come."""
    messages = []
    for number, order in enumerate(("before", "after", "alone", "alone without shares")):
        file = home.slack.file(picture(order))
        message = home.slack.message(f"C4{number}", file)
        shared = {"type": "file_shared", "file_id": file["id"], "file": {"id": file["id"]}}
        shared |= {"user_id": "UADA", "channel_id": message["channel"], "event_ts": message["ts"]}
        if order == "alone without shares":
            del file["shares"]
        events = {"before": [shared, message], "after": [message, shared]}.get(order, [shared])
        assert [home.event(event) for event in events] == [200] * len(events)
        messages.append(message)
    return messages


def test_announcements_are_acknowledged(announced: list[Json]) -> None:
    assert len(announced) == 4


def test_a_picture_gets_eyes_a_card_and_a_tick(home: Examined) -> None:
    message = home.post("C01", home.slack.file(picture("plain")))
    card = home.says(message, "No nudity seen", "No faces seen", "No location", "IMG-")
    home.reacts(message, "white_check_mark")
    assert card["thread_ts"] == message["ts"]
    assert "reply_broadcast" not in card


def test_several_files_of_a_message_share_one_card(home: Examined) -> None:
    files = [home.slack.file(picture(f"one of {n}")) for n in range(3)]
    home.says(home.post("C02", *files), "3 pictures: 3 looked at")


@pytest.mark.parametrize(
    "shape", ["id", "stub", "x_files", "nameless", "typeless", "filetype", "size 0", "size 9"]
)
def test_however_little_is_told_of_a_file_it_is_looked_at(home: Examined, shape: str) -> None:
    bare: dict[str, Any] = {"name": None, "title": None}
    shown: dict[str, dict[str, Any]] = {
        "nameless": bare,
        "typeless": {"mimetype": None, "filetype": None},
        "filetype": {**bare, "mimetype": None},
        "size 0": {"size": 0},
        "size 9": {"size": 9_000},
    }
    file = home.slack.file(picture(shape), "chunked" if shape == "size 9" else "well", **shown.get(shape, {}))
    message = home.slack.message(channel := f"C1{shape[-1]}", file)
    told: dict[str, dict[str, Any]] = {
        "id": {"files": [{"id": file["id"]}]},
        "stub": {"files": [{"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}]},
        "x_files": {"files": [], "x_files": [file["id"]]},
    }
    assert home.event({**message, **told.get(shape, {})}) == 200
    assert channel == message["channel"]
    home.says(message, "No nudity seen")


@pytest.mark.parametrize(
    "envelope",
    [
        {"api_app_id": None, "authorizations": None},
        {"team_id": None, "team": {"id": "TEAM1"}},
        {"team_id": None, "context_team_id": "TEAM1", "authorizations": []},
        {"enterprise_id": "E1", "context_enterprise_id": "E1", "is_ext_shared_channel": True},
        {"authorizations": [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]},
        {"authed_users": ["UBOT"], "authed_teams": ["TEAM1"], "authorizations": None, "event_id": None},
    ],
)
def test_whatever_the_envelope_looks_like_the_picture_is_found_again(
    home: Examined, envelope: dict[str, Any]
) -> None:
    channel = f"C2{len(str(envelope))}"
    message = home.slack.message(channel, home.slack.file(picture(envelope)))
    assert home.event(message, envelope) == 200
    home.says(message, "No nudity seen")
    assert "looked at" in home.command("channel", channel_id=channel)["text"]


@pytest.mark.parametrize("channel", ["C31", "G31", "D31"])
def test_channels_groups_and_direct_messages_are_alike(home: Examined, channel: str) -> None:
    home.says(home.post(channel, home.slack.file(picture(channel))), "No nudity seen")


def test_pictures_in_threads_are_answered_in_their_thread(home: Examined) -> None:
    parent = home.slack.message("C32")
    file, other = home.slack.file(picture("reply")), home.slack.file(picture("broadcast"))
    home.post("C32", file, thread_ts=parent["ts"], parent_user_id="UADA")
    home.post("C32", other, thread_ts=parent["ts"], subtype="thread_broadcast", root=parent)
    until(lambda: len(home.cards(parent)) == 2, "two cards in one thread")
    assert {card["thread_ts"] for card in home.cards(parent)} == {parent["ts"]}


def test_pictures_of_other_bots_are_looked_at(home: Examined) -> None:
    other: dict[str, Any] = {"subtype": "bot_message", "bot_id": "BOTHER", "user": None, "username": "camera"}
    home.says(home.post("C33", home.slack.file(picture("bot"), user=None), **other), "No nudity seen")


def test_one_file_in_two_channels_gets_two_cards(home: Examined) -> None:
    file = home.slack.file(picture("twice"))
    messages = [home.post(channel, file) for channel in ("C34", "C35")]
    for message in messages:
        home.says(message, "No nudity seen")


def test_the_same_message_under_any_event_id_is_one_message(home: Examined) -> None:
    message = home.slack.message("C36", home.slack.file(picture("again")))
    deliveries = [{"event_id": "Ev-same"}, {"event_id": "Ev-same"}, {"event_id": "Ev-other"}]
    for attempt, envelope in enumerate(deliveries):
        assert home.event(message, envelope, attempt=attempt) == 200
    home.says(message, "No nudity seen")
    home.reacts(message, "white_check_mark")
    assert home.event(message, attempt=3) == 200
    assert len(home.slack.of("chat.postMessage")) == len(
        {str(c.given) for c in home.slack.of("chat.postMessage")}
    )
    home.says(message, "No nudity seen")


def test_what_loupe_says_itself_starts_nothing(home: Examined) -> None:
    message = home.post("C50", home.slack.file(picture("echo")))
    card = home.says(message, "No nudity seen")
    before = len(home.slack.calls)
    for channel in ("C50", "D50"):
        own = {**card, "channel": channel}
        for envelope in ({}, {"api_app_id": None, "authorizations": None}):
            assert home.event(own, envelope) == 200
            assert home.event({**own, "files": [home.slack.file(picture("chart"))]}, envelope) == 200
        changed = {"type": "message", "subtype": "message_changed", "channel": channel, "hidden": True}
        assert home.event({**changed, "ts": home.slack.now(), "message": own, "previous_message": own}) == 200
    home.says(home.post("C50", home.slack.file(picture("after echoes"))), "No nudity seen")
    new = [call for call in home.slack.calls[before:] if call.method == "chat.postMessage"]
    assert [call.given["channel"] for call in new if call.given["channel"] in ("C50", "D50")] == ["C50"]
    assert (own["user"], own["bot_id"]) == (BOT, BOT_ID)


def test_an_unfurled_link_takes_no_card_away(home: Examined) -> None:
    message = home.post("C51", home.slack.file(picture("unfurled")), text="see https://example.org")
    card = home.says(message, "No nudity seen")
    changed = {**message, "attachments": [{"title": "Example"}]}
    event = {"type": "message", "subtype": "message_changed", "channel": "C51", "ts": home.slack.now()}
    assert home.event({**event, "message": changed, "previous_message": message, "hidden": True}) == 200
    home.says(home.post("C51", home.slack.file(picture("next"))), "No nudity seen")
    assert home.says(message, "No nudity seen") == card


def test_what_is_no_picture_is_left_alone_in_channels_and_explained_in_private(
    home: Examined,
) -> None:
    notes = {"name": "notes.pdf", "mimetype": "application/pdf", "filetype": "pdf"}
    quiet = home.post("C52", home.slack.file(b"%PDF-1.4", **notes))
    home.says(home.post("D52", home.slack.file(b"%PDF-1.4", **notes)), "only look at pictures")
    assert home.slack.replies(quiet) == []


def test_a_direct_message_without_a_file_gets_a_hint_and_only_one(home: Examined) -> None:
    first = home.post("D53", text="hello?")
    home.says(first, "Post a picture")
    second = home.post("D53", text="anybody there?")
    home.post("D53", text="thanks", thread_ts=first["ts"])
    home.says(home.post("D53", home.slack.file(picture("at last"))), "No nudity seen")
    assert home.slack.replies(second) == []
    assert len(home.slack.replies(first)) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.jpg", b"", "Not looked at"),
        ("text.jpg", b"just words", "Not looked at"),
        ("page.jpg", b"<html><body>hello</body></html>", "Not looked at"),
        ("script.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Not looked at"),
        ("noise.webp", bytes(range(256)) * 8, "Not looked at"),
        ("a <!channel> & *b*\n`c`.jpg", picture("hostile name"), "No nudity seen"),
        ("really a png.jpg", picture("png", kind="PNG"), "PNG"),
        ("\u202egnp.jpg" + "x" * 400, picture("long name"), "No nudity seen"),
    ],
)
def test_hostile_and_mislabelled_files_get_words(home: Examined, name: str, data: bytes, words: str) -> None:
    message = home.post(f"C6{len(data)}{len(name)}", home.slack.file(data, "untyped", name=name))
    card = home.says(message, words)
    assert "<!channel>" not in str(card)


def test_an_announced_file_gets_its_card_whenever_its_message_comes(
    home: Examined, announced: list[Json]
) -> None:
    """Last, because Loupe waits a while for a message before it looks for it."""
    for message in announced:
        home.says(message, "No nudity seen")
