"""What `loupe up` starts, how it joins the sandbox to it, and what it says once it is there."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from loupe.commands import up
from loupe.settings import Settings, load
from pipeline.errors import Unavailable

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}


@contextmanager
def answering(*statuses: int) -> Iterator[int]:
    """The port of a server that answers with these statuses in turn, the last one for ever."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port of which the next one is free too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = int(one.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
        return port


@contextmanager
def parts(settings: Settings) -> Iterator[dict[str, list[str]]]:
    """Name and arguments of every part."""
    with up._listen(settings.host, settings.port) as listener:
        yield {part.name: list(part.arguments) for part in up._parts(settings, listener)}


def set_up(monkeypatch: pytest.MonkeyPatch, **values: Any) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))
    return load()


def test_without_tokens_the_sandbox_is_started_first_on_the_next_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    port = free_port()
    config = set_up(monkeypatch, LOUPE_PORT=port, LOUPE_WORKERS=3, LOUPE_DATA=tmp_path)
    with parts(config) as started:
        assert list(started) == ["sandbox", "web", "bot", "worker", "clock", "news", "drop"]
        assert started["sandbox"][:2] == ["--port", str(port + 1)]
        assert started["sandbox"][-1] == f"http://127.0.0.1:{port}/slack/events"
        assert started["worker"][-2:] == ["--workers", "3"]
        for name in ("web", "bot", "worker", "clock"):
            assert started[name][:2] == ["--data", str(tmp_path)]


def test_with_tokens_there_is_no_sandbox_and_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    config = set_up(monkeypatch, LOUPE_PORT=free_port(), **TOKENS)
    with parts(config) as started:
        assert list(started) == ["web", "bot", "worker", "clock", "news", "drop"]
    assert up._environment(config) == {"LOUPE_PORT": str(config.port)}


def test_in_the_sandbox_all_people_are_operators_unless_somebody_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = up._environment(set_up(monkeypatch, LOUPE_PORT=8080))
    assert made["LOUPE_OPERATORS"] == "U0ADALOVE1,U0GRACEH01,U0LINUSP01"
    assert made["LOUPE_OPERATORS_CHANNEL"] == "C0OPERATOR"
    chosen = {"LOUPE_OPERATORS": "U0GRACEH01", "LOUPE_OPERATORS_CHANNEL": "C0GENERAL1"}
    given = up._environment(set_up(monkeypatch, LOUPE_PORT=8080, **chosen))
    assert chosen.items() <= given.items()


def test_the_tokens_of_the_sandbox_are_new_each_time_and_lead_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    config = set_up(monkeypatch, LOUPE_PORT=8080)
    one, other = up._environment(config), up._environment(config)
    assert one["SLACK_API_URL"] == other["SLACK_API_URL"] == "http://127.0.0.1:8081/api/"
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        assert one[name] != other[name]
        assert len(one[name]) >= 24
    for name, value in one.items():
        monkeypatch.setenv(name, value)
    assert load().has_slack


def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"Port {port} on 127\.0\.0\.1 cannot be used: .*--port"):
            up._listen("127.0.0.1", port)


def test_the_sandboxs_port_is_looked_at_where_the_sandbox_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    config = set_up(monkeypatch, LOUPE_PORT=port, LOUPE_HOST="127.0.0.2")
    with (
        socket.create_server(("127.0.0.1", port + 1)),
        pytest.raises(Unavailable, match=f"Port {port + 1} on 127"),
        parts(config),
    ):
        pass


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.9", "::1::"])
def test_an_address_that_is_not_this_machines_is_told(host: str) -> None:
    with pytest.raises(Unavailable, match="cannot be used"):
        up._listen(host, free_port())


@pytest.mark.parametrize(
    ("host", "reached"),
    [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("10.0.0.7", "10.0.0.7"), ("::1", "[::1]")],
)
def test_an_address_that_means_all_is_reached_as_this_one(
    monkeypatch: pytest.MonkeyPatch, host: str, reached: str
) -> None:
    assert set_up(monkeypatch, LOUPE_HOST=host).reachable == reached


def test_every_part_learns_the_port_so_that_links_lead_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(port=free_port())
    for name, value in up._environment(config).items():
        monkeypatch.setenv(name, value)
    assert load().site == config.site == f"http://127.0.0.1:{config.port}"


def announced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **values: Any) -> str:
    """What is said on a terminal."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with answering(200) as port:
        up._announce(set_up(monkeypatch, LOUPE_PORT=port, **values), Event())
    return capsys.readouterr().out


def test_the_page_is_announced_by_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = announced(monkeypatch, capsys)
    assert said.startswith("Loupe is running. Drop a picture on this page: http://127.0.0.1:")
    assert said.count("\n") == 1


def test_where_the_log_goes_to_a_file_the_page_is_announced_in_a_line_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with answering(200) as port:
        up._announce(set_up(monkeypatch, LOUPE_PORT=port), Event())
    assert capsys.readouterr().out == ""
    words = (
        f"Loupe is running. Drop a picture on this page: http://127.0.0.1:{port + 1}/  or upload originals"
    )
    assert [record.getMessage() for record in caplog.records if words in record.getMessage()]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "connected to Slack by requests to http://127.0.0.1:"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "connected to Slack by Socket Mode."),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "connected to http://127.0.0.1:9/api/ by requests"),
    ],
)
def test_which_slack_it_is_connected_to_is_announced_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: dict[str, str], words: str
) -> None:
    said = announced(monkeypatch, capsys, **TOKENS, **values)
    assert words in said
    assert "xoxb" not in said


def test_it_waits_until_the_web_part_can_take_work() -> None:
    with answering(503, 500, 404, 200) as port:
        assert up._ready(f"http://127.0.0.1:{port}/readyz", Event())


def test_a_proxy_for_the_world_is_not_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "READY_SECONDS", 20)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with answering(200) as port:
        assert up._ready(f"http://127.0.0.1:{port}/readyz", Event())


def test_nothing_is_announced_once_it_is_asked_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    stop = Event()
    stop.set()
    up._announce(load(), stop)
    assert capsys.readouterr().out == ""


def test_it_gives_up_in_time_when_nothing_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "READY_SECONDS", 0.3)
    assert not up._ready(f"http://127.0.0.1:{free_port()}/readyz", Event())


def test_what_is_no_http_is_not_ready_and_no_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "READY_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as other:

        def babble() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(b"220 mail ready\r\n\r\n")
            other.close()

        thread = threading.Thread(target=babble, daemon=True)
        address = f"http://127.0.0.1:{other.getsockname()[1]}/readyz"
        thread.start()
        assert not up._ready(address, Event())
        thread.join()
