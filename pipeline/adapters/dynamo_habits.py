"""When channels want their digests, in one partition of the DynamoDB table."""

from dataclasses import asdict
from typing import Any

from pipeline.adapters.dynamo_table import Put, Table
from pipeline.habits import Habit

HABITS = "habits"


class DynamoHabits:
    """``pipeline.habits.Habits``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, team: str, channel: str) -> Habit | None:
        """See ``Habits.get``."""
        found = self._table.get(HABITS, _key(team, channel))
        return _habit(found) if found else None

    def set(self, habit: Habit) -> None:
        """See ``Habits.set``."""
        self._table.write(Put({"pk": HABITS, "sk": _key(habit.team, habit.channel), **asdict(habit)}))

    def all(self) -> list[Habit]:
        """See ``Habits.all``, in the order of teams and channels."""
        found = map(_habit, self._table.query(HABITS))
        return sorted(found, key=lambda habit: (habit.team, habit.channel))


def _key(team: str, channel: str) -> str:
    return f"{team}#{channel}"


def _habit(item: dict[str, Any]) -> Habit:
    return Habit(**{name: item[name] for name in ("team", "channel", "at", "zone", "empty")})
