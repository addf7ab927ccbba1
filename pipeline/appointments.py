"""What is due at its time: the clock replays the actors that asked for it.

An appointment is struck out after its replay was written down, so that whoever dies between the two repeats a
harmless replay. Any number of clocks may do this at once.
"""

from contextlib import suppress

from pipeline.diary import Diary
from pipeline.engine import Engine
from pipeline.errors import Unknown

MOST = 500
"""Appointments that are kept in one pass; the others have their turn at the next."""


def keep(engine: Engine, diary: Diary, limit: int = MOST) -> int:
    """Replay what is due, at most ``limit`` actors; how many there were. Erased images are passed over."""
    diary.catch_up(limit)
    due = diary.due(limit)
    for each in due:
        with suppress(Unknown):
            engine.replay(each.image, each.actor)
        diary.strike(each)
    return len(due)
