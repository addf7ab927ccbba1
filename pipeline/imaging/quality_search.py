"""Finds the lowest quality at which a picture still looks as good as wanted, with few encodings."""

from collections.abc import Callable
from dataclasses import dataclass

TARGET = 77.0
"""SSIMULACRA2 that is aimed at: between high quality (70) and visually lossless (90)."""
BELOW, ABOVE = 0.5, 1.5
"""How far from the target a score may be for the search to end."""
MOST = 6
"""Scores that are asked for at most."""
SLOPE = 0.75
"""Points that one step of quality brings, near the target, before two scores are known."""


@dataclass(frozen=True, slots=True)
class Found:
    """A quality and the score it has on the sample."""

    quality: int
    score: float | None
    """None where nothing was to be chosen."""
    tries: int
    reached: bool = True
    """Is the score at the target?"""


def lowest(
    score: Callable[[int], float], between: tuple[int, int], first: int, target: float = TARGET
) -> Found:
    """The lowest quality in ``between`` with ``score`` at ``target``, starting at ``first``.

    A regula falsi that never leaves the bracket. Where the target is out of reach it is the highest.
    """
    low, high = between
    seen: dict[int, float] = {}
    guess = min(max(first, low), high)
    while guess not in seen and len(seen) < MOST:
        seen[guess] = score(guess)
        if target - BELOW <= seen[guess] <= target + ABOVE:
            return Found(guess, seen[guess], len(seen))
        guess = _next(seen, between, target)
    good = [quality for quality, points in seen.items() if points >= target - BELOW]
    best = min(good) if good else max(seen)
    return Found(best, seen[best], len(seen), reached=bool(good))


def _next(seen: dict[int, float], between: tuple[int, int], target: float) -> int:
    """Between the best that is too low and the worst that is good enough; a quality seen before ends it."""
    low = max((q for q, points in seen.items() if points < target), default=between[0] - 1)
    high = min((q for q, points in seen.items() if points >= target and q > low), default=between[1] + 1)
    if low in seen and high in seen:
        share = (target - seen[low]) / max(seen[high] - seen[low], 1e-6)
        guess = low + max(1, round(share * (high - low)))
    elif low in seen:
        missing = (target - seen[low]) / SLOPE
        guess = between[1] if len(seen) >= MOST - 1 else low + max(2, round(missing))
    else:
        guess = high - max(2, round((seen[high] - target) / SLOPE))
    if high - low <= 1:
        return high if high in seen else low
    return min(max(guess, low + 1, between[0]), high - 1, between[1])
