"""Classes of durations: how timings are counted without keeping each of them.

A class is 12 % wider than the one before it, so what is told of a class, its middle, is at most 6 % off.
"""

import math
from collections.abc import Mapping

PER_DECADE = 20
SLOT = 900
"""Seconds for which runs are counted together; offsets of time zones are whole multiples."""
GRAIN = 1024
"""Milliseconds are added up in whole parts of this: such sums are exact, whatever the order."""


def class_of(ms: float) -> int:
    """The class of a duration; 0 for all up to a millisecond."""
    return max(0, math.ceil(PER_DECADE * math.log10(ms))) if ms > 1 else 0


def bound(number: int) -> float:
    """The longest duration of a class, in milliseconds."""
    return float(10 ** (number / PER_DECADE))


def middle(number: int) -> float:
    """What a duration of a class is taken for, in milliseconds: the geometric middle of its bounds."""
    return float(10 ** ((number - 0.5) / PER_DECADE))


def whole(ms: float) -> float:
    """The duration in whole grains, in milliseconds."""
    return round(ms * GRAIN) / GRAIN


def rank(count: int, percent: int) -> int:
    """Which of ``count`` values in order, from 0, is a percentile: by nearest rank.

    It is the smallest value that at least so many per cent of them do not exceed; of an even number of
    values the median is the lower of the two in the middle.
    """
    return max(0, -(-count * percent // 100) - 1)


def percentile(classes: Mapping[int, int], percent: int) -> float:
    """The percentile of durations that were counted by class, in milliseconds; 0 where there are none."""
    wanted, seen = rank(sum(classes.values()), percent), 0
    for number in sorted(classes):
        seen += classes[number]
        if seen > wanted:
            return round(middle(number), 1)
    return 0.0
