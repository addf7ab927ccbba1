"""The load program: many pictures at once into the sandbox, then every card counted."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from pipeline.errors import Unavailable
from sandbox.model import Json
from sandbox.testing import Control, ControlError

POLL_SECONDS = 0.25
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a load: how long each card took, in seconds, and what went wrong, by kind."""

    sent: int
    seconds: tuple[float, ...]
    doubled: int
    errors: dict[str, int]
    wall: float

    @property
    def missing(self) -> int:
        """Messages that were sent and got no card."""
        return self.sent - len(self.seconds)

    def quantile(self, percent: int) -> float:
        """Seconds within which so many per cent of the cards came."""
        if len(self.seconds) < 2:
            return self.seconds[0] if self.seconds else 0.0
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


def load(
    sandbox: Control,
    files: Sequence[Path],
    count: int,
    concurrency: int,
    patience: float,
    tick: Callable[[int], None],
) -> Outcome:
    """Post ``count`` pictures, ``concurrency`` at a time, and wait ``patience`` seconds at most for cards.

    ``tick`` is told how many more cards have come.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(concurrency) as pool:
        answers = list(pool.map(lambda file: _post(sandbox, file), islice(cycle(files), count)))
    sent = {str(a) for a in answers if not isinstance(a, ControlError)}
    errors = Counter(a.error for a in answers if isinstance(a, ControlError))
    cards = _wait(sandbox, sent, began + patience, tick)
    seconds = tuple(min(float(t) for t in times) - float(ts) for ts, times in cards.items())
    doubled = sum(len(times) - 1 for times in cards.values())
    return Outcome(len(sent), seconds, doubled, dict(errors), time.monotonic() - began)


def _post(sandbox: Control, file: Path) -> str | ControlError:
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise Unavailable(f"{file} cannot be read: {fault.strerror}.") from None
    try:
        return str(_asked(sandbox, lambda: sandbox.post((file.name, data)))["ts"])
    except ControlError as refused:
        return refused


def _asked(sandbox: Control, ask: Callable[[], Answer]) -> Answer:
    """What the sandbox answers. Raises ``Unavailable`` where none does."""
    try:
        return ask()
    except (OSError, HTTPException, ValueError, LookupError) as fault:
        raise Unavailable(
            f"No sandbox answers at {sandbox.url}: {fault}. Start one with `loupe up`, or name it with --url."
        ) from None


def _wait(
    sandbox: Control, sent: set[str], until: float, tick: Callable[[int], None]
) -> dict[str, list[str]]:
    cards: dict[str, list[str]] = {}
    while len(cards) < len(sent) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
        found = _cards(_asked(sandbox, sandbox.messages), sent)
        tick(len(found) - len(cards))
        cards = found
    return cards


def _cards(messages: Sequence[Json], sent: set[str]) -> dict[str, list[str]]:
    """The times of the bot's answers in each thread that was begun by a message of ours."""
    found: dict[str, list[str]] = {}
    for message in messages:
        if (
            message.get("thread_ts") in sent
            and message["ts"] != message["thread_ts"]
            and message.get("bot_id")
        ):
            found.setdefault(message["thread_ts"], []).append(message["ts"])
    return found
