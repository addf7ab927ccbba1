"""Socket Mode with slack_sdk's own client: greeting, envelopes, acknowledgements, redelivery, refresh."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.testing import Control
from tests.sandbox.conftest import bot
from tests.sandbox.recorder import Recorder

PICTURES = "C0PICTURES"
Listener = Callable[[BaseSocketModeClient, SocketModeRequest], None]


class Listening:
    """A Socket Mode client that notes what comes and answers as told."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.seen: list[SocketModeRequest] = []
        self.payload: Callable[[SocketModeRequest], Any] = lambda request: None
        self.silent = 0
        self.came = threading.Condition()
        self.client = SocketModeClient("xapp-sandbox-app", web_client=bot(control, "xapp-sandbox-app"))
        self.client.socket_mode_request_listeners.append(self.take)

    def take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        with self.came:
            self.seen.append(request)
            quiet, self.silent = self.silent > 0, max(0, self.silent - 1)
            self.came.notify_all()
        if not quiet:
            response = SocketModeResponse(request.envelope_id, payload=self.payload(request))
            client.send_socket_mode_response(response)

    def wait(self, count: int) -> list[SocketModeRequest]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.seen) >= count, 10)
        return self.seen


@pytest.fixture
def listening(sandbox: Control) -> Iterator[Listening]:
    listening = Listening(sandbox)
    listening.client.connect()
    sandbox.wait(lambda control: control.state()["sockets"] == 1)
    yield listening
    threading.Thread(target=listening.client.close).start()  # takes 3 s


def test_an_event_comes_by_socket(sandbox: Control, listening: Listening) -> None:
    posted = sandbox.post(text="hello")
    (request,) = listening.wait(1)
    assert request.type == "events_api"
    assert request.payload["event"]["ts"] == posted["ts"]
    sandbox.settled()
    (entry,) = sandbox.state()["deliveries"]
    assert (entry["via"], entry["error"]) == ("socket", "")


def test_an_open_socket_takes_everything_from_the_request_url(
    sandbox: Control, listening: Listening, recorder: Recorder
) -> None:
    sandbox.call("request_url", url=recorder.url)
    sandbox.post(text="by socket")
    listening.wait(1)
    sandbox.settled()
    assert recorder.seen == []


def test_an_event_without_acknowledgement_comes_again(sandbox: Control, listening: Listening) -> None:
    listening.silent = 1
    sandbox.post(text="hello")
    first, second = listening.wait(2)
    assert first.envelope_id != second.envelope_id
    assert first.payload["event_id"] == second.payload["event_id"]
    assert (first.retry_attempt, second.retry_attempt, second.retry_reason) == (0, 1, "timeout")


def test_the_acknowledgement_of_a_command_is_its_answer(sandbox: Control, listening: Listening) -> None:
    listening.payload = lambda request: {"text": f"you said {request.payload['text']}"}
    answer = sandbox.call("command", channel=PICTURES, user="U0ADALOVE1", line="/imgstatus health")
    assert answer["ok"]
    assert listening.seen[0].type == "slash_commands"
    assert listening.seen[0].accepts_response_payload
    assert sandbox.ephemeral()[0]["text"] == "you said health"


def test_a_command_without_acknowledgement_is_not_repeated(sandbox: Control, listening: Listening) -> None:
    listening.silent = 1
    answer = sandbox.call("command", channel=PICTURES, user="U0ADALOVE1", line="/imgstatus")
    assert not answer["ok"]
    assert "operation_timeout" in sandbox.ephemeral()[0]["text"]
    assert len(listening.seen) == 1


def test_refresh_requested_closes_and_the_client_comes_back(sandbox: Control, listening: Listening) -> None:
    assert sandbox.call("disconnect")["connections"] == 1
    sandbox.wait(lambda control: len(control.calls("apps.connections.open")) == 2, 20)
    sandbox.wait(lambda control: control.state()["sockets"] == 1, 20)
    sandbox.post(text="after the refresh")
    assert listening.wait(1)[-1].payload["event"]["text"] == "after the refresh"


def open_link(control: Control) -> str:
    headers = {"Authorization": "Bearer xapp-sandbox-app"}
    answer = httpx.post(f"{control.api_url}apps.connections.open", headers=headers).json()
    url: str = answer["url"]
    return url


def test_the_greeting_and_the_reason_to_go(sandbox: Control) -> None:
    with connect(open_link(sandbox)) as socket:
        hello = httpx.Response(200, content=socket.recv()).json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"]["app_id"] == "A0LOUPEAPP"
        sandbox.call("disconnect", reason="warning")
        assert httpx.Response(200, content=socket.recv()).json()["reason"] == "warning"
        assert sandbox.state()["sockets"] == 1
        sandbox.call("disconnect")
        assert httpx.Response(200, content=socket.recv()).json()["type"] == "disconnect"
        with pytest.raises(ConnectionClosed):
            socket.recv()


def test_a_ticket_opens_one_connection(sandbox: Control) -> None:
    url = open_link(sandbox)
    with connect(url):
        pass
    with pytest.raises(Exception, match=r"403|4001"), connect(url):
        pass


def test_what_is_no_acknowledgement_is_passed_over(sandbox: Control) -> None:
    with connect(open_link(sandbox)) as socket:
        socket.recv()
        for noise in ("not json", "[]", '{"envelope_id": "unknown"}'):
            socket.send(noise)
        sandbox.post(text="hello")
        assert '"events_api"' in str(socket.recv())


def test_two_connections_take_turns(sandbox: Control) -> None:
    with connect(open_link(sandbox)) as one, connect(open_link(sandbox)) as two:
        one.recv()
        two.recv()
        for n in range(2):
            sandbox.post(text=str(n))
        assert '"events_api"' in str(one.recv(timeout=5))
        assert '"events_api"' in str(two.recv(timeout=5))
