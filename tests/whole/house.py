"""The whole system as its users see it: a sandbox Slack, and `loupe up` as processes connected to it."""

import io
import random
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from bench.running import LOUPE, Up, connected, environment
from sandbox.config import SandboxConfig
from sandbox.model import Json
from sandbox.testing import Control, running

PHOTOS = Path(__file__).parents[1] / "data"
WATCH = Path(__file__).parent / "watch"
PICTURES, GENERAL, PRIVATE, DIRECT = "C0PICTURES", "C0GENERAL1", "G0PRIVATE1", "D0ADALOVE1"
ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
CARD_SECONDS = 40.0
ONE = {"LOUPE_WORKERS": "1"}
"""Starting a worker takes a second of a processor, and one is enough where a test does not say otherwise."""
HARMLESS = {"", "already_reacted", "no_reaction"}
"""Errors of Slack that no fault of Loupe's stands behind."""


def photo(name: str) -> bytes:
    """One of the photos that come with the tests."""
    return (PHOTOS / name).read_bytes()


def drawing(seed: object = None, side: int = 64, kind: str = "JPEG") -> bytes:
    """A small picture that no other seed gives."""
    chance, out = random.Random(str(seed)), io.BytesIO()
    picture = Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((side, side))
    picture.save(out, kind)
    return out.getvalue()


@dataclass
class House:
    """Loupe and the Slack it lives in."""

    slack: Control
    loupe: Up
    config: SandboxConfig
    settings: Mapping[str, str]
    expected: set[str] = field(default_factory=set)
    """Errors that a test provokes; any other that Slack answered fails the test."""

    def post(self, *files: bytes, **where: Any) -> Json:
        """Post pictures in one message."""
        return self.slack.post(*((f"picture-{n}.jpg", data) for n, data in enumerate(files)), **where)

    def replies(self, posted: Json) -> list[Json]:
        """What Loupe said about a message."""
        thread = posted["message"].get("thread_ts") or posted["ts"]
        found = self.slack.thread(thread, posted["channel"])
        return [reply for reply in found if reply.get("bot_id") and reply["ts"] > posted["ts"]]

    def card(self, posted: Json, seconds: float = CARD_SECONDS) -> Json:
        """The one card of a message, once it says the verdict."""
        found = self.slack.wait(lambda _: self._final(posted), seconds)
        assert len(found) == 1, [reply["text"] for reply in found]
        return found[0]

    def _final(self, posted: Json) -> list[Json]:
        found = self.replies(posted)
        return [] if any("ooking at" in reply["text"] for reply in found) else found

    def says(self, posted: Json, *words: str) -> str:
        """The text of the card; every one of these words stands in it."""
        text = str(self.card(posted)["text"])
        missing = [word for word in words if word.lower() not in text.lower()]
        assert not missing, (missing, text)
        return text

    def reactions(self, posted: Json) -> set[str]:
        """Loupe's reactions on a message."""
        messages = self.slack.messages(posted["channel"])
        message = next(m for m in messages if m["ts"] == posted["ts"])
        return {str(reaction["name"]) for reaction in message.get("reactions", [])}

    def refused(self) -> list[tuple[str, str]]:
        """Calls that Slack refused though no test wanted it: method and error."""
        calls = self.slack.state()["calls"]
        return [(c["method"], c["error"]) for c in calls if c["error"] not in HARMLESS | self.expected]

    @contextmanager
    def again(self) -> Iterator[None]:
        """Another `loupe up` on the same folder, after this one ended."""
        with connected(self.loupe.log.parent, self.slack, self.config, self.settings) as self.loupe:
            yield


@contextmanager
def house(
    folder: Path,
    *,
    socket_mode: bool = False,
    config: SandboxConfig | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[House]:
    """A sandbox and Loupe in it. At the end: no other host was called, and Slack refused nothing."""
    config = config or SandboxConfig(retry_delays=(0.05, 0.5, 2.0, 5.0))
    with running(config) as slack:
        watched = {**ONE, **watching(folder), **(settings or {})}
        with connected(folder, slack, config, watched, socket_mode=socket_mode) as loupe:
            home = House(slack, loupe, config, watched)
            yield home
            refused, hosts = home.refused(), called(folder)
            assert refused == [], refused
            assert hosts == [], hosts


def watching(folder: Path) -> dict[str, str]:
    """Settings under which every process notes the hosts it wants to reach."""
    return {"PYTHONPATH": str(WATCH), "WATCHED_HOSTS": str(folder / "hosts.txt")}


def called(folder: Path) -> list[str]:
    """Hosts beyond this machine that some process wanted to reach."""
    notes = folder / "hosts.txt"
    return notes.read_text().split() if notes.exists() else []


def loupe(
    *arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None, seconds: float = 100
) -> subprocess.CompletedProcess[str]:
    """Run a command of `loupe` to its end, in a folder of its own, without any setting but these."""
    return subprocess.run(
        [*LOUPE, *map(str, arguments)],
        cwd=cwd,
        env=environment({**ONE, **(settings or {})}),
        capture_output=True,
        text=True,
        timeout=seconds,
    )
