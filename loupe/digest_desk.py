"""What ``/imgstatus digest`` asks for: a channel's choice, its figures so far, and a digest at once."""

from collections.abc import Callable
from dataclasses import dataclass
from time import time as seconds

from loupe import digests
from loupe.ground import Ground
from pipeline import digest
from pipeline.adapters.sqlite_askings import SqliteAskings
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.figures import Day, Scope, day_of
from pipeline.habits import OFF, Habit
from scheduler.hours import next_opening

PAUSE = 300.0
"""Seconds after which a channel may ask for another digest."""


@dataclass(frozen=True, slots=True)
class DigestDesk:
    """``bot.ports.Digests`` on a ledger."""

    base: Ground
    clock: Callable[[], float] = seconds

    def habit(self, team: str, channel: str) -> Habit:
        """See ``Digests.habit``."""
        settings = self.base.settings
        usual = Habit(team, channel, settings.digest_at, settings.timezone, settings.digest_empty)
        return SqliteHabits(self.base.database).get(team, channel) or usual

    def choose(self, habit: Habit) -> None:
        """See ``Digests.choose``."""
        SqliteHabits(self.base.database).set(habit)

    def next_at(self, team: str, channel: str) -> float | None:
        """See ``Digests.next_at``."""
        habit = self.habit(team, channel)
        return None if habit.at == OFF else next_opening(habit.at, habit.zone, self.clock())

    def headline(self, team: str, channel: str) -> str:
        """See ``Digests.headline``."""
        (today,) = SqliteNumbers(self.base.database).days(Scope(team, channel), [self._today(team, channel)])
        return digest.headline(today)

    def post_now(self, team: str, channel: str) -> float:
        """See ``Digests.post_now``. Who asks at the same moment writes the same piece, and so only one."""
        last = SqliteAskings(self.base.database).last(team, channel)
        if last is not None and self.clock() < last + PAUSE:
            return last + PAUSE
        told = digests.digest_of(self.base, Scope(team, channel), self._today(team, channel))
        digests.tell_now(self.base, told, last)
        return 0.0

    def _today(self, team: str, channel: str) -> Day:
        return day_of(self.clock(), self.habit(team, channel).zone)
