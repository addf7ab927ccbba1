"""The timetable: what is done how often. The clock only wakes it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Every:
    """Do something at regular intervals. It must be harmless to do it twice."""

    name: str
    seconds: float
    act: Callable[[], object]
