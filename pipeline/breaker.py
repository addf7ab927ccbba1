"""The circuit breaker of a sink, and when a delivery is tried again. Pure.

A sink that fails again and again is left alone but for a probe now and then, with the oldest delivery that
is due. Meanwhile nobody's tries are used up; what is older than the whole schedule is parked. A success
closes the breaker, and all that waited is due at once. A sink that says it is gone is paused until somebody
replays it.

Source of the schedule: Standard Webhooks, "Deliverability and reliability".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["closed", "open", "paused"]
WAITS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0)
"""Seconds before the second, third, ... try; after the last the delivery is parked."""
PATIENCE = 5
"""Failures in a row that open a breaker."""
PROBES = (10.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds before the first, second, ... probe of an open breaker; the last one from then on."""
PROBE_LEASE = 60.0
"""Seconds that a probe may take before another one is sent; it is gone then, with its sender."""
LONGEST_ASKED = 86_400.0
"""Seconds that an address can ask for at most (Retry-After)."""
BURST_SECONDS = 1.0
"""What a sink's rate allows in this time may go out at once."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """How things stand with a sink. Times are seconds since the epoch."""

    failures: int = 0
    """Tries in a row that did not work."""
    probes: int = 0
    """Probes in a row that did not work, the opening included; 0: closed."""
    probe: int = 0
    """The delivery that is under way as a probe."""
    open_until: float = 0.0
    paused: bool = False
    fault: str = ""
    """What went wrong the last time."""
    next_at: float = 0.0
    """The rate allows the next piece then."""

    @property
    def state(self) -> State:
        """closed: all goes out; open: probes only; paused: nothing."""
        return "paused" if self.paused else "open" if self.probes else "closed"


@dataclass(frozen=True, slots=True)
class Wait:
    """A delivery is tried again. ``counted``: the try that failed was one of its own."""

    until: float
    counted: bool


def span(waits: Sequence[float] = WAITS) -> float:
    """Seconds from the first try to the last: what is older is given up while a sink is down."""
    return sum(waits)


def free(breaker: Breaker, rate: float, want: int, now: float) -> int:
    """How many deliveries may be claimed now."""
    if breaker.paused or want < 1 or (breaker.probes and now < breaker.open_until):
        return 0
    earned = int((now - _from(breaker, rate, now)) * rate + 1e-6)
    return min(1 if breaker.probes else want, earned)


def claimed(breaker: Breaker, numbers: Sequence[int], rate: float, now: float) -> Breaker:
    """After deliveries were claimed: the rate is used, and a probe keeps other probes away."""
    if not numbers:
        return breaker
    used = replace(breaker, next_at=_from(breaker, rate, now) + len(numbers) / rate)
    return replace(used, probe=numbers[0], open_until=now + PROBE_LEASE) if breaker.probes else used


def taken(breaker: Breaker) -> Breaker:
    """After a success."""
    return replace(breaker, failures=0, probes=0, probe=0, open_until=0.0, fault="")


def missed(breaker: Breaker, number: int, fault: str, asked: float, now: float) -> Breaker:
    """After a try that failed; ``asked``: seconds that the address wants to be left alone."""
    found = replace(breaker, failures=breaker.failures + 1, fault=fault)
    if breaker.probes and number != breaker.probe:
        return found  # it was under way when the breaker opened, and says nothing new
    if found.failures < PATIENCE:
        return found
    pause = max(PROBES[min(breaker.probes, len(PROBES) - 1)], min(asked, LONGEST_ASKED))
    return replace(found, probes=breaker.probes + 1, probe=0, open_until=now + pause)


def gone(breaker: Breaker, fault: str) -> Breaker:
    """After the address said that it wants no more news."""
    return replace(breaker, failures=breaker.failures + 1, paused=True, probe=0, fault=fault)


def again(
    breaker: Breaker, attempts: int, asked: float, now: float, waits: Sequence[float] = WAITS
) -> Wait | None:
    """When to try a delivery again whose ``attempts``-th try failed; None: it is parked."""
    if breaker.state != "closed":
        return Wait(now, counted=False)
    if attempts > len(waits):
        return None
    return Wait(now + max(waits[attempts - 1], min(asked, LONGEST_ASKED)), counted=True)


def _from(breaker: Breaker, rate: float, now: float) -> float:
    """From when on the rate has been saved up: a burst at most, one piece at least."""
    return max(breaker.next_at, now - max(BURST_SECONDS, 1 / rate))
