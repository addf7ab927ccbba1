"""What came of a load: what was sent, how long it took, and whether the reports say the same hashes."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from loupe.distinct import Copy
from pipeline.errors import LoupeError

POLL_SECONDS = 0.25
MISSING, OTHER, SHARED = "no settled report", "another hash", "one image for several files"
AHEAD = 4
"""Files that wait for a thread, for each thread; the others are not thought of yet."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was handed in."""

    name: str
    sha256: str
    size: int
    image: str
    """What it is known by afterwards: an image's id, or an object's key."""
    seconds: float
    """That handing it in took."""
    at: float
    """When that was done, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A settled report."""

    image: str
    """The image's id."""
    sha256: str
    at: float
    """When it settled, or was seen to be, in seconds since the epoch."""


class Target(Protocol):
    """Where copies are sent, and who knows what became of them."""

    def send(self, copy: Copy) -> Sent:
        """Hand a copy in. Raises ``Unavailable`` whose words are the kind of failure."""

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        """Those that have settled, by ``Sent.image``."""


@dataclass(slots=True)
class Outcome:
    """What came of a load."""

    sent: list[Sent] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    """Files that could not be handed in, by kind of failure."""
    sending: float = 0.0
    """Seconds until the last file was handed in."""
    wall: float = 0.0

    @property
    def uploads(self) -> list[float]:
        """Seconds that each upload took."""
        return [each.seconds for each in self.sent]

    @property
    def settling(self) -> list[float]:
        """Seconds from the end of each upload to its settled report."""
        seen = self.seen
        return [max(0.0, seen[each.image].at - each.at) for each in self.sent if each.image in seen]

    @property
    def rate(self) -> float:
        """MB a second that were handed in."""
        return sum(each.size for each in self.sent) / 1e6 / max(self.sending, 1e-9)

    def differences(self) -> Counter[str]:
        """Between what was sent and what is reported, by kind. Files of the same bytes may be one image."""
        found: Counter[str] = Counter()
        owners: dict[str, str] = {}
        for each in self.sent:
            seen = self.seen.get(each.image)
            if seen is None:
                found[MISSING] += 1
            elif seen.sha256 != each.sha256:
                found[OTHER] += 1
            elif owners.setdefault(seen.image, each.sha256) != each.sha256:
                found[SHARED] += 1
        return found


def quantile(seconds: Sequence[float], percent: int) -> float:
    """Seconds within which so many per cent were done; 0 where there are none."""
    if len(seconds) < 2:
        return seconds[0] if seconds else 0.0
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def load(
    copies: Iterable[Copy],
    target: Target,
    concurrency: int,
    patience: float,
    tick: Callable[[int], None],
) -> Outcome:
    """Send every copy, ``concurrency`` at a time; wait for reports, ``patience`` seconds for each next one.

    ``tick`` is told how many more files are done with: settled, or failed.
    """
    found, began, waiting, due = Outcome(), time.monotonic(), dict[str, Sent](), 0.0
    with ThreadPoolExecutor(concurrency) as pool:
        for ended in _ended(pool, copies, target.send, concurrency * AHEAD):
            for future in ended:
                sent = _taken(found, future)
                if sent and sent.image not in waiting and sent.image not in found.seen:
                    waiting[sent.image] = sent
                else:
                    tick(1)
            if time.monotonic() >= due:
                tick(_look(found, waiting, target))
                due = time.monotonic() + POLL_SECONDS
    found.sending = time.monotonic() - began
    until = time.monotonic() + patience
    while waiting and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
        if more := _look(found, waiting, target):
            until = time.monotonic() + patience
            tick(more)
    found.wall = time.monotonic() - began
    return found


def _ended(
    pool: ThreadPoolExecutor, copies: Iterable[Copy], send: Callable[[Copy], Sent], ahead: int
) -> Iterator[list[Future[Sent]]]:
    """What has ended since the last look; a few copies at a time are handed to the pool."""
    left, running, more = iter(copies), list[Future[Sent]](), True
    while running or more:
        while more and len(running) < ahead:
            copy = next(left, None)
            more = copy is not None
            if copy is not None:
                running.append(pool.submit(send, copy))
        ended = [each for each in running if each.done()]
        running = [each for each in running if each not in ended]
        yield ended
        if not ended:
            time.sleep(POLL_SECONDS / 10)


def _taken(found: Outcome, future: Future[Sent]) -> Sent | None:
    try:
        sent = future.result()
    except LoupeError as fault:
        found.errors[fault.words] += 1
        return None
    found.sent.append(sent)
    return sent


def _look(found: Outcome, waiting: dict[str, Sent], target: Target) -> int:
    seen = target.settled(list(waiting.values()))
    found.seen.update(seen)
    for image in seen:
        del waiting[image]
    return len(seen)
