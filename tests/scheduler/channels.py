"""Channels as the clock asks about them, in memory: who had pictures when, and who chose what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.figures import EVERYTHING, Day, Figures, Scope, Step, Visited
from pipeline.habits import Habit


@dataclass
class Pictures:
    """``pipeline.figures.Numbers`` of channels that had pictures on some dates; None: on every date."""

    dates: dict[Scope, set[date] | None] = field(default_factory=dict)
    asked: int = 0

    def channels(self, day: Day) -> list[Scope]:
        self.asked += 1
        return [scope for scope, dates in self.dates.items() if dates is None or day.date in dates]

    def days(self, scope: Scope, days: Sequence[Day]) -> list[Figures]:
        self.asked += 1
        assert scope == EVERYTHING
        return [Figures(day, images=len(self.channels(day))) for day in days]

    def towns(self, scope: Scope, day: Day, most: int) -> list[Visited]:
        raise NotImplementedError

    def steps(self, day: Day) -> list[Step]:
        raise NotImplementedError


@dataclass
class Chosen:
    """``pipeline.habits.Habits`` in memory."""

    habits: dict[tuple[str, str], Habit] = field(default_factory=dict)

    def get(self, team: str, channel: str) -> Habit | None:
        return self.habits.get((team, channel))

    def set(self, habit: Habit) -> None:
        self.habits[habit.team, habit.channel] = habit

    def all(self) -> list[Habit]:
        return list(self.habits.values())
