"""`loupe up` under examination: a process connected to the examiner's Slack, and what is sent to it."""

import hashlib
import hmac
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import psutil
import requests
from PIL import Image

from tests.examiner.blockkit import view_faults
from tests.examiner.slack import APP, BOT, SECRET, TEAM, Json, Slack
from tests.examiner.wire import TOKEN

HOME = Path(__file__).parents[2]
WATCH = Path(__file__).parent / "watch"
PATIENCE = 90.0
Found = TypeVar("Found")


def picture(seed: object, side: int = 64, kind: str = "JPEG") -> bytes:
    """A picture that no other seed gives."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (8, 8), random.Random(str(seed)).randbytes(192))
    noise.resize((side, side)).save(out, kind)
    return out.getvalue()


def until(look: Callable[[], Found], what: str, seconds: float = PATIENCE) -> Found:
    """Look until there is something."""
    last = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < last, f"{what}: not after {seconds:.0f} s"
        time.sleep(0.05)
    return found


@dataclass
class Examined:
    """Loupe, its Slack, and everything that can be sent to it."""

    slack: Slack
    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    acks: list[float] = field(default_factory=list)
    """Seconds that each answered delivery took."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def send(
        self, body: str, kind: str = "application/json", secret: str = SECRET, age: int = 0, **headers: Any
    ) -> requests.Response:
        """One signed delivery."""
        stamp = str(int(time.time()) - age)
        signed = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        sent = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
        sent |= {name.replace("_", "-"): str(value) for name, value in headers.items()}
        began = time.monotonic()
        found = requests.post(f"{self.url}/slack/events", data=body.encode(), headers=sent, timeout=30)
        self.acks.append(time.monotonic() - began)
        return found

    def event(self, event: Json, envelope: Mapping[str, Any] | None = None, *, attempt: int = 0) -> int:
        """Deliver an event; fields of the envelope that are None are left out. The status."""
        known: Json = {"token": "x", "team_id": TEAM, "api_app_id": APP, "type": "event_callback"}
        known |= {"event_id": f"Ev{next(self.numbers)}", "event_time": int(time.time())}
        bot = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}
        known |= {"authorizations": [bot], "event": event}
        known |= dict(envelope or {})
        body = json.dumps({key: value for key, value in known.items() if value is not None})
        again: Json = {"X_Slack_Retry_Num": attempt, "X_Slack_Retry_Reason": "http_timeout"}
        return self.send(body, **(again if attempt else {})).status_code

    def post(self, channel: str, *files: Json, **fields: Any) -> Json:
        """A person posts files: the message, delivered once."""
        message = self.slack.message(channel, *files, **fields)
        assert self.event(message) == 200
        return message

    def command(self, text: str, **changes: str) -> Json:
        """/imgstatus; what it answers."""
        known = {"token": "x", "command": "/imgstatus", "text": text, "team_id": TEAM, "team_domain": "t"}
        known |= {"channel_id": "C0ASK", "channel_name": "ask", "user_id": "UADA", "user_name": "ada"}
        known |= {"api_app_id": APP, "trigger_id": "1.2.3", "response_url": self.respond_url("command")}
        answer = self.send(urlencode({**known, **changes}), "application/x-www-form-urlencoded")
        assert answer.status_code == 200
        found: Json = answer.json()
        self.slack.check(found)
        return found

    def interact(self, payload: Json) -> int:
        """A button, a shortcut: the status."""
        body = urlencode({"payload": json.dumps(payload)})
        return self.send(body, "application/x-www-form-urlencoded").status_code

    def submitted(self, payload: Json) -> Json:
        """A modal was sent off: what Loupe answers."""
        body = urlencode({"payload": json.dumps(payload)})
        answer = self.send(body, "application/x-www-form-urlencoded")
        assert answer.status_code == 200
        found: Json = answer.json() if answer.text else {}
        self.slack.faults += view_faults(found["view"]) if "view" in found else []
        return found

    def respond_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.slack.port}/respond/{name}"

    def cards(self, message: Json) -> list[Json]:
        """What stands in the thread, once it is no more than on its way."""
        found = self.slack.replies(message)
        return [] if any("ooking at" in reply["text"] for reply in found) else found

    def says(self, message: Json, *words: str, seconds: float = PATIENCE) -> Json:
        """The one card of a message; all these words stand in it."""

        def fits() -> list[Json]:
            found = self.cards(message)
            return [c for c in found if all(word.lower() in c["text"].lower() for word in words)]

        try:
            until(fits, f"{words}", seconds)
        except AssertionError:
            said = [reply["text"] for reply in self.slack.replies(message)]
            raise AssertionError(f"{words} is not what stands there: {said}") from None
        found = self.cards(message)
        assert len(found) == 1, [card["text"] for card in found]
        return found[0]

    def reacts(self, message: Json, *names: str) -> None:
        """These are Loupe's reactions in the end."""
        until(lambda: set(message.get("reactions", [])) == set(names), f"the reactions {names}")

    def parts(self) -> list[psutil.Process]:
        """Every process below the first."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def hosts(self) -> list[str]:
        """Hosts beyond this machine that some process wanted to reach."""
        notes = self.folder / "hosts"
        return notes.read_text().split() if notes.exists() else []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def examined(folder: Path, **settings: str) -> Iterator[Examined]:
    """Loupe connected to a Slack. At the end: every block fitted, nobody else was called, no token leaked."""
    slack, port = Slack(), free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LOUPE_", "SLACK_", "AWS_"))}
    paths = os.pathsep.join((str(WATCH), str(HOME)))
    given = {"PYTHONPATH": paths, "EXAMINER_HOSTS": str(folder / "hosts"), "SLACK_API_URL": slack.api_url}
    given |= {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "LOUPE_WORKERS": "1", **settings}
    command = [sys.executable, "-m", "loupe", "up", "--data", str(folder / "data"), "--port", str(port)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env={**kept, **given}, stdout=log, stderr=log)
    home = Examined(slack, process, f"http://127.0.0.1:{port}", folder)
    try:
        until(lambda: _ready(home), "loupe up is ready")
        yield home
        assert slack.faults == []
        assert slack.leaks == []
        assert home.hosts() == []
    finally:
        family = home.parts() if process.poll() is None else []
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        for left in family:
            if left.is_running():
                left.kill()
        slack.close()


def _ready(home: Examined) -> bool:
    assert home.process.poll() is None, (home.folder / "log").read_text()
    try:
        return requests.get(f"{home.url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False
