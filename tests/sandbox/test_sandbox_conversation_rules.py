"""A channel against a model of one: any sequence of posts, replies, edits, deletions and reactions.

The model is a dict of what was said; history, replies and counts of the sandbox must always agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.sandbox.asking import USER, Desk, desk

CHANNEL = "C0PICTURES"


@dataclass
class Said:
    text: str
    parent: str = ""
    gone: bool = False
    reactions: set[str] = field(default_factory=set)


class Channel(RuleBasedStateMachine):
    """What an app can do to a channel, and what must hold after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = desk()
        self.house = self.opened.__enter__()
        self.said: dict[str, Said] = {}

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        return self.house.ask(method, {"channel": CHANNEL} | arguments)

    def living(self) -> list[str]:
        return [ts for ts, one in self.said.items() if not one.gone]

    def replies(self, ts: str) -> list[str]:
        return [reply for reply, one in self.said.items() if one.parent == ts]

    @initialize()
    def begin(self) -> None:
        self.said[self.house.post("first")] = Said("first")

    @rule(text=st.sampled_from(["hello", "ünï", "<b>", "*bold*"]))
    def post(self, text: str) -> None:
        self.said[self.ask("chat.postMessage", text=text)["ts"]] = Said(text)

    @precondition(lambda self: self.living())
    @rule(data=st.data(), text=st.sampled_from(["yes", "no"]))
    def reply(self, data: st.DataObject, text: str) -> None:
        to = data.draw(st.sampled_from(self.living()))
        answer = self.ask("chat.postMessage", text=text, thread_ts=to)
        self.said[answer["ts"]] = Said(text, self.said[to].parent or to)

    @precondition(lambda self: self.living())
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        ts = data.draw(st.sampled_from(self.living()))
        assert self.ask("chat.update", ts=ts, text="changed")["ok"]
        self.said[ts].text = "changed"

    @precondition(lambda self: self.living())
    @rule(data=st.data(), name=st.sampled_from(["eyes", "tada"]))
    def react(self, data: st.DataObject, name: str) -> None:
        ts = data.draw(st.sampled_from(self.living()))
        method = "reactions.remove" if name in self.said[ts].reactions else "reactions.add"
        assert self.ask(method, timestamp=ts, name=name)["ok"]
        assert self.ask(method, timestamp=ts, name=name)["error"] in ("already_reacted", "no_reaction")
        self.said[ts].reactions ^= {name}

    @precondition(lambda self: self.living())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        ts = data.draw(st.sampled_from(self.living()))
        assert self.ask("chat.delete", ts=ts)["ok"]
        if self.replies(ts):
            self.said[ts] = Said("This message was deleted.", self.said[ts].parent, gone=True)
        else:
            del self.said[ts]
        assert not self.ask("chat.delete", ts=ts)["ok"]
        assert not self.ask("chat.update", ts=ts, text="x")["ok"]

    @invariant()
    def history_is_what_was_said_newest_first(self) -> None:
        found = self.ask("conversations.history")["messages"]
        own = [ts for ts, one in self.said.items() if not one.parent]
        assert [message["ts"] for message in found] == sorted(own, reverse=True)
        for message in found:
            assert message["text"] == self.said[message["ts"]].text
            assert {one["name"] for one in message.get("reactions", [])} == self.said[message["ts"]].reactions
            assert message.get("reply_count", 0) == len(self.replies(message["ts"]))

    @invariant()
    def every_thread_can_be_read_from_any_of_its_messages(self) -> None:
        for ts in [ts for ts, one in self.said.items() if not one.parent][:3]:
            inside = [ts, *self.replies(ts)]
            for named in inside:
                found = self.ask("conversations.replies", ts=named)["messages"]
                assert [message["ts"] for message in found] == inside


Channel.TestCase.settings = examples(max_examples=25, stateful_step_count=15, deadline=None)
TestChannel = Channel.TestCase


@pytest.fixture(scope="module")
def full() -> Iterator[Desk]:
    """A channel with 23 messages and a thread of 11."""
    with desk() as house:
        stamps = [house.post(str(number)) for number in range(23)]
        for number in range(11):
            house.ask("chat.postMessage", {"channel": CHANNEL, "text": str(number), "thread_ts": stamps[0]})
        yield house


def paged(house: Desk, method: str, key: str, limit: int, **arguments: Any) -> list[Any]:
    found, cursor = [], ""
    for _ in range(60):
        answer = house.ask(method, {"limit": limit, "cursor": cursor} | arguments)
        assert len(answer[key]) <= limit + (method == "conversations.replies" and not cursor)
        found += answer[key]
        cursor = answer.get("response_metadata", {}).get("next_cursor", "")
        if not cursor:
            return found
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("limit", [1, 2, 7, 22, 23, 24, 999])
def test_pages_of_any_size_put_together_are_the_whole(full: Desk, limit: int) -> None:
    history = paged(full, "conversations.history", "messages", limit, channel=CHANNEL)
    assert [message["text"] for message in history] == [str(number) for number in reversed(range(23))]
    ts = history[-1]["ts"]
    replies = paged(full, "conversations.replies", "messages", limit, channel=CHANNEL, ts=ts)
    assert [message["text"] for message in replies] == ["0", *(str(number) for number in range(11))]
    users = paged(full, "users.list", "members", limit)
    assert len({user["id"] for user in users}) == len(users) == 5
    members = paged(full, "conversations.members", "members", limit, channel=CHANNEL)
    assert len(members) == len(set(members)) == 4
    channels = paged(full, "conversations.list", "channels", limit, types="public_channel,private_channel,im")
    assert len({channel["id"] for channel in channels}) == len(channels)


@examples(deadline=None, max_examples=40)
@given(st.integers(0, 22), st.integers(0, 22), st.booleans())
def test_between_two_moments_is_what_lies_between(full: Desk, first: int, last: int, inclusive: bool) -> None:
    whole = full.ask("conversations.history", {"channel": CHANNEL})["messages"][::-1]
    asked = {"oldest": whole[first]["ts"], "latest": whole[last]["ts"], "inclusive": inclusive}
    found = full.ask("conversations.history", {"channel": CHANNEL} | asked)["messages"][::-1]
    inside = whole[first : last + 1] if inclusive else whole[first + 1 : last]
    assert [message["ts"] for message in found] == [message["ts"] for message in inside]


@pytest.mark.parametrize(("limit", "most"), [(0, 1), (-5, 1), (100_000, 999)])
def test_a_limit_beyond_the_possible_is_the_nearest_possible(full: Desk, limit: int, most: int) -> None:
    answer = full.ask("conversations.history", {"channel": CHANNEL, "limit": limit})
    assert 1 <= len(answer["messages"]) <= most


def test_what_an_admin_sees_is_what_the_admin_may_see(full: Desk) -> None:
    mine = full.ask("users.conversations", {"types": "public_channel,private_channel"}, USER)
    assert mine["error"] == "missing_scope"
    assert full.ask("conversations.history", {"channel": "G0SECRET01"}, USER)["ok"]
    assert full.ask("conversations.history", {"channel": "G0SECRET01"})["error"] == "channel_not_found"
