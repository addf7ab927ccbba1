"""When to try again: exponential backoff with full jitter on the upper half.

The form is that of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015, "equal jitter"): so that
runs that failed together do not come back together.
"""

import random
from dataclasses import dataclass

from pipeline.errors import Transient, Unavailable


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times in seconds, and how often a thing that is not our fault is tried."""

    first: float = 1.0
    longest: float = 900.0
    transient_attempts: int = 40
    """Runs before even a ``Transient`` or ``Unavailable`` is parked; the defaults make it some hours."""

    def delay(self, attempts: int, fault: BaseException) -> float:
        """Seconds to wait after the given number of runs; never less than the other side asked for."""
        ceiling = min(self.longest, self.first * 2.0 ** min(attempts - 1, 30))
        jittered = random.uniform(ceiling / 2, ceiling)  # noqa: S311  no secret depends on it
        asked = fault.retry_after or 0.0 if isinstance(fault, Transient) else 0.0
        return max(jittered, asked)

    def exhausted(self, attempts: int, allowed: int, fault: BaseException) -> bool:
        """Has it been tried often enough? What is not the run's own fault has more patience."""
        patient = isinstance(fault, Transient | Unavailable)
        return attempts >= (self.transient_attempts if patient else allowed)


IMPATIENT = Backoff(first=0.05, longest=1.0, transient_attempts=4)
"""For a person who waits at the terminal."""
