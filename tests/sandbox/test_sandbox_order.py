"""Order and isolation: many at once keep their timestamps, nobody hears of another room, nothing grows."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.config import EVENTS, SandboxConfig
from sandbox.interactions.hooks import Hooks
from sandbox.interactions.triggers import KEPT_SECONDS, Triggers
from sandbox.rates import Rates
from sandbox.refusal import RateLimited, Refusal
from sandbox.testing import Control, ControlError, running
from tests.sandbox.asking import Desk, desk
from tests.sandbox.conftest import bot
from tests.sandbox.recorder import Recorder

PICTURES, RANDOM, SECRET, ADA, BOT = "C0PICTURES", "C0RANDOM01", "G0SECRET01", "U0ADALOVE1", "U0LOUPEBOT"
PATIENCE = 60.0
ALL_EVENTS = EVENTS | {"reaction_added", "reaction_removed", "member_joined_channel"}


def at_once(*work: Any) -> None:
    """Run all of them together; what one raises fails the test."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(len(work), timeout=PATIENCE)

    def run(act: Any) -> None:
        try:
            ready.wait()
            act()
        except BaseException as fault:
            wrong.append(fault)

    threads = [threading.Thread(target=run, args=(act,)) for act in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert wrong == []


def test_those_who_post_at_once_never_share_a_timestamp(shared: Control) -> None:
    told: dict[str, list[str]] = {}

    def posts(who: str, client: WebClient | None) -> Any:
        def act() -> None:
            told[who] = [
                str(client.chat_postMessage(channel=PICTURES, text=who)["ts"])
                if client
                else str(shared.post(text=who)["ts"])
                for _ in range(25)
            ]

        return act

    at_once(
        posts("bot", bot(shared)),
        posts("again", bot(shared)),
        posts("ada", None),
        posts("admin", bot(shared, "xoxp-sandbox-admin")),
    )
    every = [ts for mine in told.values() for ts in mine]
    assert len(set(every)) == 100
    assert all(mine == sorted(mine) for mine in told.values())
    kept = [message["ts"] for message in shared.messages() if message["text"] in told]
    assert kept == sorted(every)


def test_a_reaction_that_many_give_at_once_is_given_once_each(sandbox: Control) -> None:
    ts = sandbox.post(text="x")["ts"]
    refused: list[str] = []

    def add() -> None:
        try:
            bot(sandbox).reactions_add(channel=PICTURES, timestamp=ts, name="eyes")
        except SlackApiError as fault:
            refused.append(fault.response["error"])

    at_once(*[add] * 8)
    assert refused == ["already_reacted"] * 7
    assert sandbox.messages()[0]["reactions"] == [{"name": "eyes", "users": [BOT], "count": 1}]


@pytest.fixture
def subscribed(recorder: Recorder) -> Iterator[Control]:
    """An app that wants to hear of everything."""
    scopes = SandboxConfig().bot_scopes | {"reactions:read"}
    config = SandboxConfig(
        events=ALL_EVENTS, bot_scopes=scopes, request_url=recorder.url, enforce_rates=False
    )
    with running(config) as control:
        yield control


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
def test_the_app_hears_nothing_of_rooms_it_is_not_in(
    subscribed: Control, recorder: Recorder, channel: str
) -> None:
    ts = subscribed.post(text=f"psst <@{BOT}>", channel=channel)["ts"]
    subscribed.post(("a.jpg", b"\xff\xd8\xff"), channel=channel)
    subscribed.call("react", channel=channel, ts=ts, user=ADA, name="eyes")
    subscribed.call("react", channel=channel, ts=ts, user=ADA, name="eyes")
    subscribed.call("delete_message", channel=channel, ts=ts)
    subscribed.settled(PATIENCE)
    assert [delivery.payload["event"]["type"] for delivery in recorder.seen] == []


def test_the_same_in_a_room_it_is_in_is_told(subscribed: Control, recorder: Recorder) -> None:
    ts = subscribed.post(text=f"hello <@{BOT}>")["ts"]
    subscribed.call("react", channel=PICTURES, ts=ts, user=ADA, name="eyes")
    subscribed.call("react", channel=PICTURES, ts=ts, user=ADA, name="eyes")
    subscribed.call("delete_message", channel=PICTURES, ts=ts)
    subscribed.settled(PATIENCE)
    assert sorted(delivery.payload["event"]["type"] for delivery in recorder.seen) == [
        "app_mention", "message", "message", "reaction_added", "reaction_removed",
    ]  # fmt: skip


def test_an_invited_bot_hears_of_its_own_arrival_and_what_follows(
    subscribed: Control, recorder: Recorder
) -> None:
    subscribed.call("invite_bot", channel=RANDOM)
    subscribed.post(text="welcome", channel=RANDOM)
    subscribed.settled(PATIENCE)
    assert sorted(d.payload["event"]["type"] for d in recorder.seen) == ["member_joined_channel", "message"]


def test_two_sandboxes_tell_each_their_own_app(recorder: Recorder) -> None:
    with running(SandboxConfig(request_url=recorder.url)) as one, running() as other:
        other.post(text="not for you")
        one.post(text="for you")
        one.settled(PATIENCE)
        other.wait(lambda control: control.messages(), PATIENCE)
    assert [delivery.payload["event"]["text"] for delivery in recorder.seen] == ["for you"]


@pytest.mark.parametrize("user", ["U0NOBODY01", "", "constructor"])
def test_nobody_who_is_not_there_acts(sandbox: Control, user: str) -> None:
    ts = sandbox.post(text="x")["ts"]
    before = {channel["id"] for channel in sandbox.state()["channels"]}
    for name, body in {
        "open_home": {},
        "react": {"channel": PICTURES, "ts": ts, "name": "eyes"},
        "command": {"channel": PICTURES, "line": "/imgstatus"},
        "shortcut": {"channel": PICTURES, "ts": ts, "callback_id": "check_image"},
    }.items():
        with pytest.raises(ControlError, match="user_not_found"):
            sandbox.call(name, user=user, **body)
    assert {channel["id"] for channel in sandbox.state()["channels"]} == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"strip_exif": "false"},
        {"strip_exif": 0},
        {"duplicates": -1},
        {"duplicates": True},
        {"event_delay": -0.1},
        {"event_delay": "Infinity"},
        {"event_delay": "nan"},
        {"login_page": "banana"},
        {"reorder": True, "colour": "red"},
        {"reorder": True, "duplicates": "many"},
    ],
)
def test_switches_turn_all_or_none(sandbox: Control, wrong: dict[str, Any]) -> None:
    before = sandbox.state()["switches"]
    with pytest.raises(ControlError, match="invalid_arguments"):
        sandbox.call("switches", **wrong)
    assert sandbox.state()["switches"] == before


def test_an_app_that_becomes_a_distributed_one_is_held_to_it_from_then_on() -> None:
    rates = Rates(lambda: 0.0)
    rates.check("conversations.history", PICTURES, distributed=False)
    rates.check("conversations.history", PICTURES, distributed=True)
    with pytest.raises(RateLimited):
        rates.check("conversations.history", PICTURES, distributed=True)
    rates.check("conversations.history", PICTURES, distributed=False)


@pytest.fixture(scope="module")
def house() -> Iterator[Desk]:
    with desk() as open_desk:
        yield open_desk


def test_a_channel_of_hundreds_stays_whole_and_small(house: Desk) -> None:
    """Memory per message, measured where Python allots it: no copy of the channel hides behind a message."""
    for _ in range(100):
        house.post("warm")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(400):
        house.post(f"message {number}")
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(house.room.workspace.channels[PICTURES].messages) == 500
    assert grown / 400 < 20_000
    found, cursor = 0, ""
    while True:
        answer = house.ask("conversations.history", {"channel": PICTURES, "limit": 150, "cursor": cursor})
        found += len(answer["messages"])
        if not (cursor := answer.get("response_metadata", {}).get("next_cursor", "")):
            break
    assert found == 500


def test_the_journals_keep_the_latest_and_no_more(house: Desk) -> None:
    most = house.room.calls.maxlen
    assert most is not None
    for _ in range(20):
        house.room.calls.extend([{"method": "x"}] * most)
    assert len(house.room.calls) == most
    assert house.room.post_office.journal.maxlen == most


class Time:
    now = 1000.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now

    time_ns = staticmethod(lambda: 1)


@pytest.mark.parametrize("kind", ["triggers", "hooks"])
def test_what_is_long_over_is_forgotten(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"sandbox.interactions.{kind}.time", Time)
    monkeypatch.setattr(Time, "now", 1000.0)
    store: Any = Triggers(3) if kind == "triggers" else Hooks(SandboxConfig(hook_seconds=3))
    given = [ADA] if kind == "triggers" else ["commands", PICTURES, ADA]
    first = store.new(*given).rsplit("/", 1)[-1]
    monkeypatch.setattr(Time, "now", 1000.0 + 4)
    use = store.spend if kind == "triggers" else store.use
    with pytest.raises(Refusal, match="expired"):
        use(first)
    for _ in range(5000):
        monkeypatch.setattr(Time, "now", Time.now + 1)
        store.new(*given)
    assert len(store._given) <= KEPT_SECONDS + 5
    with pytest.raises(Refusal, match=r"invalid_trigger_id|used_url"):
        use(first)
