"""The server around it: loopback only, no foreign pages, the page and its live feed."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2 as httpx
import pytest

import sandbox.static
from sandbox.config import SandboxConfig
from sandbox.feed import Feed
from sandbox.ids import Clock, base36
from sandbox.server import server
from sandbox.testing import Control, ControlError, running
from tests.sandbox.samples import picture

STATIC = Path(next(iter(sandbox.static.__path__)))
PICTURES = "C0PICTURES"


def test_only_loopback() -> None:
    with pytest.raises(ValueError, match="loopback only"):
        server(SandboxConfig(), 8081, "0.0.0.0")


def test_two_sandboxes_side_by_side() -> None:
    with running() as one, running() as two:
        one.post(text="only here")
        assert one.url != two.url
        assert (len(one.messages()), len(two.messages())) == (1, 0)


def test_a_foreign_host_name_is_turned_away(shared: Control) -> None:
    assert httpx.get(shared.url, headers={"Host": "evil.example"}).status_code == 403
    port = shared.url.rsplit(":", 1)[1]
    assert httpx.get(shared.url, headers={"Host": f"localhost:{port}"}).status_code == 200


def test_another_pages_script_is_turned_away(shared: Control) -> None:
    address = f"{shared.url}/sandbox/revoke_token"
    assert httpx.post(address, headers={"Origin": "https://evil.example"}, json={}).status_code == 403
    assert shared.state()["switches"]


def test_the_page_allows_nothing_from_elsewhere(shared: Control) -> None:
    answer = httpx.get(shared.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert httpx.get(f"{shared.url}/archives/{PICTURES}/p1").text == answer.text


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.*")), ids=lambda path: path.name)
def test_every_static_file_is_served_short_and_asks_no_other_host(shared: Control, path: Path) -> None:
    answer = httpx.get(f"{shared.url}/static/{path.name}")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) <= 300
    outside = answer.text.replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in outside
    assert "innerHTML" not in outside


def test_what_the_page_starts_with(shared: Control) -> None:
    page = httpx.get(f"{shared.url}/sandbox/page?user=U0GRACEH01").json()
    assert page["user"] == "U0GRACEH01"
    assert [c["name"] for c in page["channels"] if not c["is_im"]][:2] == ["general", "pictures"]
    assert [c["user"] for c in page["channels"] if c["is_im"]] == ["U0LOUPEBOT"]
    assert page["commands"] == ["/imgstatus"]
    assert page["shortcuts"] == {"check_image": "Check this image"}


def test_a_channel_as_one_person_sees_it(shared: Control) -> None:
    shared.post(text="secret talk", channel="D0GRACEH01", user="U0GRACEH01")
    seen = httpx.get(f"{shared.url}/sandbox/channels/D0GRACEH01?user=U0GRACEH01").json()
    assert seen["messages"][-1]["text"] == "secret talk"
    assert httpx.get(f"{shared.url}/sandbox/channels/D0GRACEH01?user=U0ADALOVE1").status_code == 404


def test_the_live_feed_tells_of_changes(shared: Control) -> None:
    with httpx.stream("GET", f"{shared.url}/sandbox/stream") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 500"
        shared.post(text="x", channel="C0GENERAL1")
        data = next(line for line in lines if line.startswith("data: "))
    assert json.loads(data.removeprefix("data: ")) == {"type": "channel", "channel": "C0GENERAL1"}


def test_a_feed_without_listeners_forgets() -> None:
    feed = Feed()
    feed.publish({"type": "channel"})
    feed.close()


def test_a_files_bytes_for_the_page(shared: Control) -> None:
    (id,) = shared.post(("a.png", picture("PNG", (1500, 300))))["files"]
    whole = httpx.get(f"{shared.url}/sandbox/files/{id}")
    assert whole.headers["content-disposition"] == "attachment"
    small = httpx.get(f"{shared.url}/sandbox/files/{id}?thumb=1")
    assert small.headers["content-type"] == "image/jpeg"
    assert httpx.get(f"{shared.url}/sandbox/files/F0NOTHERE1").status_code == 404
    (text,) = shared.post(("a.txt", b"x"))["files"]
    assert httpx.get(f"{shared.url}/sandbox/files/{text}?thumb=1").status_code == 404


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"channel": "C0NOWHERE1", "text": "x"}, "channel_not_found"),
        ({"channel": PICTURES}, "no_text"),
        ({"channel": "D0GRACEH01", "text": "x"}, "not_in_channel"),
        ({"channel": PICTURES, "text": "x", "user": "U0NOBODY01"}, "user_not_found"),
    ],
)
def test_what_people_cannot_post(shared: Control, fields: dict[str, str], error: str) -> None:
    with pytest.raises(ControlError) as refusal:
        shared.post(**fields)
    assert refusal.value.error == error


def test_nobody_posts_into_an_archived_channel(sandbox: Control) -> None:
    sandbox.call("archive", channel=PICTURES)
    with pytest.raises(ControlError, match="is_archived"):
        sandbox.post(text="x")


def test_switches_are_checked_by_name_and_kind(sandbox: Control) -> None:
    assert sandbox.call("switches", duplicates="3")["switches"]["duplicates"] == 3
    with pytest.raises(ControlError, match="invalid_arguments"):
        sandbox.call("switches", colour="red")
    with pytest.raises(ControlError, match="invalid_arguments"):
        sandbox.call("switches", duplicates="many")


def test_a_message_can_be_deleted_without_its_file(sandbox: Control) -> None:
    posted = sandbox.post(("a.txt", b"x"))
    sandbox.call("delete_message", channel=PICTURES, ts=posted["ts"], files=False)
    assert sandbox.messages() == []
    assert httpx.get(f"{sandbox.url}/sandbox/files/{posted['files'][0]}").status_code == 200


def test_a_summary_in_numbers(sandbox: Control) -> None:
    sandbox.post(text="x")
    httpx.post(f"{sandbox.api_url}auth.test")
    summary = sandbox.summary()
    assert (summary["calls"], summary["sockets"], summary["messages"][PICTURES]) == (1, 0, 1)


def test_messages_from_a_time_on(sandbox: Control) -> None:
    _, second, third = (sandbox.post(text=str(n))["ts"] for n in range(3))
    assert [m["ts"] for m in sandbox.messages(since=second)] == [second, third]
    assert httpx.get(f"{sandbox.url}/sandbox/messages/C0NOWHERE1").status_code == 404


def test_a_deleted_reply_is_no_longer_counted(sandbox: Control) -> None:
    parent = sandbox.post(text="parent")["ts"]
    one, two = (sandbox.post(text=str(n), thread_ts=parent)["ts"] for n in range(2))
    sandbox.call("delete_message", channel=PICTURES, ts=one)
    assert sandbox.messages()[0]["reply_count"] == 1
    sandbox.call("delete_message", channel=PICTURES, ts=two)
    assert "reply_count" not in sandbox.messages()[0]


def test_ids_never_repeat() -> None:
    clock = Clock()
    ids = [clock.id("F") for _ in range(1000)] + [clock.ts() for _ in range(1000)]
    assert len(set(ids)) == 2000
    assert len(clock.id("F")) == 11
    assert (base36(0), base36(35), base36(36)) == ("0000000000", "000000000Z", "0000000010")
