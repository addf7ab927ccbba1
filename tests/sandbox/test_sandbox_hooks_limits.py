"""Response URLs and triggers at their limits: uses, time, place, wrong bodies, and messages that are gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.config import SandboxConfig
from sandbox.interactions.hooks import Hooks
from sandbox.interactions.triggers import Triggers
from sandbox.refusal import Refusal
from tests.sandbox.asking import ADDRESS, Desk, desk
from tests.sandbox.kit import modal

PICTURES, ADA, GRACE, BOT = "C0PICTURES", "U0ADALOVE1", "U0GRACEH01", "U0LOUPEBOT"


@pytest.fixture
def house() -> Iterator[Desk]:
    with desk() as open_desk:
        yield open_desk


def hook(house: Desk, ts: str = "", user: str = ADA) -> str:
    """The path of a response URL for what somebody just did."""
    return house.room.hooks.new("actions", PICTURES, user, ts).removeprefix(ADDRESS)


def answer(house: Desk, path: str, body: Any) -> tuple[int, str]:
    told = house.client.post(path, json=body)
    return told.status_code, "" if told.status_code == 200 else str(told.json()["error"])


def whispers(house: Desk) -> list[tuple[str, str]]:
    found = house.client.get(f"/sandbox/messages/{PICTURES}").json()["ephemeral"]
    return [(message["text"], message["only_for"]) for message in found]


def texts(house: Desk) -> list[str]:
    return [
        message["text"] for message in house.client.get(f"/sandbox/messages/{PICTURES}").json()["messages"]
    ]


def test_a_wrong_answer_uses_the_address_up_as_well(house: Desk) -> None:
    path = hook(house)
    assert [answer(house, path, {})[0] for _ in range(5)] == [400] * 5
    assert answer(house, path, {"text": "too late"}) == (404, "used_url")
    assert whispers(house) == []


def test_each_address_has_uses_of_its_own(house: Desk) -> None:
    one, other = hook(house), hook(house)
    for _ in range(5):
        assert answer(house, one, {"text": "x"}) == (200, "")
    assert answer(house, one, {"text": "x"}) == (404, "used_url")
    assert answer(house, other, {"text": "x"}) == (200, "")


def test_however_many_answer_at_once_five_get_through(house: Desk) -> None:
    path, found = hook(house), list[int]()
    threads = [
        threading.Thread(target=lambda: found.append(answer(house, path, {"text": "x"})[0])) for _ in range(9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [200] * 5 + [404] * 4


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": None, "blocks": []}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"text": "x", "blocks": "[]"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [5]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "actions", "elements": 5}]}, "invalid_blocks"),
        ({"text": "x", "attachments": 5}, "invalid_attachments"),
        ({"text": "x", "attachments": ["y"]}, "invalid_attachments"),
    ],
)
def test_an_answer_keeps_to_the_rules_of_a_message(house: Desk, body: dict[str, Any], error: str) -> None:
    assert answer(house, hook(house), body) == (400, error)
    assert (texts(house), whispers(house)) == ([], [])


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"text": NaN}', b'{"text": "\\ud800"}', b"\xff"])
def test_what_is_no_json_is_refused(house: Desk, raw: bytes) -> None:
    told = house.client.post(hook(house), content=raw, headers={"Content-Type": "application/json"})
    assert told.status_code == 400
    assert told.json()["error"] in ("invalid_json", "json_not_object")


@pytest.mark.parametrize(("length", "status"), [(4000, 200), (4001, 400)])
def test_the_longest_answer_and_one_more(house: Desk, length: int, status: int) -> None:
    assert answer(house, hook(house), {"text": "x" * length})[0] == status


def test_an_answer_is_for_the_one_who_acted(house: Desk) -> None:
    answer(house, hook(house, user=GRACE), {"text": "for grace"})
    assert whispers(house) == [("for grace", GRACE)]
    for user, seen in ((GRACE, ["for grace"]), (ADA, [])):
        page = house.client.get(f"/sandbox/channels/{PICTURES}?user={user}").json()
        assert [message["text"] for message in page["messages"]] == seen


def test_replacing_a_message_that_is_gone_says_it_anew(house: Desk) -> None:
    ts = house.post("acted upon")
    path = hook(house, ts)
    house.ask("chat.delete", {"channel": PICTURES, "ts": ts})
    assert answer(house, path, {"text": "still said", "replace_original": True}) == (200, "")
    assert whispers(house) == [("still said", ADA)]


def test_deleting_a_message_that_is_gone_is_no_fault(house: Desk) -> None:
    ts = house.post("acted upon")
    path = hook(house, ts)
    assert [answer(house, path, {"delete_original": True}) for _ in range(3)] == [(200, "")] * 3
    assert texts(house) == []


def test_a_replaced_message_keeps_its_place_and_says_it_was_edited(house: Desk) -> None:
    first, second = house.post("one"), house.post("two")
    answer(house, hook(house, first), {"text": "one, decided", "replace_original": True})
    messages = house.client.get(f"/sandbox/messages/{PICTURES}").json()["messages"]
    assert [message["ts"] for message in messages] == [first, second]
    assert [message["text"] for message in messages] == ["one, decided", "two"]
    assert messages[0]["edited"]["user"] == BOT


@pytest.mark.parametrize("kind", ["in_channel", "ephemeral", None, "nonsense"])
def test_only_in_channel_is_for_all(house: Desk, kind: str | None) -> None:
    answer(house, hook(house), {"text": "x", "response_type": kind})
    assert (texts(house), whispers(house)) == ((["x"], []) if kind == "in_channel" else ([], [("x", ADA)]))


@pytest.mark.parametrize("path", ["/hooks/actions/T0SANDBOX1/1/nosuch", "/hooks/commands/T0SANDBOX1/1/%00"])
def test_an_address_that_nobody_gave_out_is_used_up(house: Desk, path: str) -> None:
    assert answer(house, path, {"text": "x"}) == (404, "used_url")


class Time:
    now = 1000.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now

    time_ns = staticmethod(lambda: 1)


@pytest.mark.parametrize(("after", "good"), [(0.0, True), (1799.9, True), (1800.0, True), (1800.1, False)])
def test_half_an_hour_to_the_moment(after: float, good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.interactions.hooks.time", Time)
    monkeypatch.setattr(Time, "now", 1000.0)
    hooks = Hooks(SandboxConfig())
    secret = hooks.new("commands", PICTURES, ADA).rsplit("/", 1)[-1]
    monkeypatch.setattr(Time, "now", 1000.0 + after)
    if good:
        assert hooks.use(secret).user == ADA
    else:
        with pytest.raises(Refusal, match="expired_url"):
            hooks.use(secret)


@pytest.mark.parametrize(("after", "good"), [(0.0, True), (2.9, True), (3.0, True), (3.1, False)])
def test_three_seconds_to_the_moment(after: float, good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.interactions.triggers.time", Time)
    monkeypatch.setattr(Time, "now", 1000.0)
    triggers = Triggers(SandboxConfig().trigger_seconds)
    id = triggers.new(ADA)
    monkeypatch.setattr(Time, "now", 1000.0 + after)
    if good:
        assert triggers.spend(id) == ADA
    else:
        with pytest.raises(Refusal, match="expired_trigger_id"):
            triggers.spend(id)


@pytest.mark.parametrize("method", ["views.open", "views.push"])
def test_one_trigger_opens_one_modal_by_either_way(house: Desk, method: str) -> None:
    trigger = house.room.triggers.new(ADA)
    assert house.ask(method, {"trigger_id": trigger, "view": modal()})["ok"]
    for again in ("views.open", "views.push"):
        assert house.ask(again, {"trigger_id": trigger, "view": modal()})["error"] == "exchanged_trigger_id"


def test_a_refused_home_tab_does_not_use_the_trigger_up(house: Desk) -> None:
    trigger = house.room.triggers.new(ADA)
    assert not house.ask("views.open", {"trigger_id": trigger, "view": {"type": "home", "blocks": []}})["ok"]
    assert house.ask("views.open", {"trigger_id": trigger, "view": modal()})["ok"]
