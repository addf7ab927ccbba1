"""What ``/imgstatus digest`` asks for: a channel's choice, its figures so far, and a digest at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import time as seconds

from loupe.digest_books import Books
from pipeline import digest
from pipeline.figures import Day, Scope, day_of
from pipeline.habits import OFF, Habit
from scheduler.hours import next_opening

PAUSE = 300.0
"""Seconds after which a channel may ask for another digest."""


@dataclass(frozen=True, slots=True)
class DigestDesk:
    """``bot.ports.Digests``."""

    books: Books
    clock: Callable[[], float] = seconds

    def habit(self, team: str, channel: str) -> Habit:
        """See ``Digests.habit``."""
        settings = self.books.settings
        usual = Habit(team, channel, settings.digest_at, settings.timezone, settings.digest_empty)
        return self.books.habits.get(team, channel) or usual

    def choose(self, habit: Habit) -> None:
        """See ``Digests.choose``."""
        self.books.habits.set(habit)

    def next_at(self, team: str, channel: str) -> float | None:
        """See ``Digests.next_at``."""
        habit = self.habit(team, channel)
        return None if habit.at == OFF else next_opening(habit.at, habit.zone, self.clock())

    def headline(self, team: str, channel: str) -> str:
        """See ``Digests.headline``."""
        (today,) = self.books.numbers.days(Scope(team, channel), [self._today(team, channel)])
        return digest.headline(today)

    def post_now(self, team: str, channel: str) -> float:
        """See ``Digests.post_now``. Who asks at the same moment writes the same piece, and so only one."""
        last = self.books.askings.last(team, channel)
        if last is not None and self.clock() < last + PAUSE:
            return last + PAUSE
        told = self.books.digest(Scope(team, channel), self._today(team, channel))
        self.books.tell_now(replace(told, so_far=True), last)
        return 0.0

    def _today(self, team: str, channel: str) -> Day:
        return day_of(self.clock(), self.habit(team, channel).zone)
