"""Who gets a digest this morning, from what channels chose and in which of them there were pictures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from pipeline.figures import EVERYTHING, Day, Numbers, Scope
from pipeline.habits import OFF, Habits
from scheduler import hours
from scheduler.timetable import RETRY, Daily, Every, Row

NAME = "digest"
FRESH = 900.0
"""Seconds for which it is remembered who had pictures on a day that is over."""


@dataclass(frozen=True, slots=True)
class Choice:
    """When a channel hears, and whether also of an empty day."""

    at: str
    zone: str
    empty: bool = False


@dataclass(slots=True)
class Digests:
    """The rows of the timetable that tell digests: one for each channel, one for everything."""

    numbers: Numbers
    habits: Habits
    usual: Choice
    """The installation's, for everything and for channels that chose nothing."""
    tell: Callable[[Scope, Day], object]
    """Makes a digest and writes it down for all who hear it; once, however often it is called."""
    _asked: dict[tuple[Day, bool], tuple[float, frozenset[Scope]]] = field(default_factory=dict)

    def rows(self, now: float) -> Sequence[Row]:
        """Those whose time has come or passed today, and who have something to hear.

        Where that cannot be asked, one row that fails: so it is told, tried again and calls out like others.
        """
        try:
            return self._rows(now)
        except Exception as fault:
            return [Every(NAME, RETRY[0], partial(_fail, fault))]

    def _rows(self, now: float) -> list[Daily]:
        chosen = self._chosen()
        usual = dict.fromkeys(self._pictured(self.usual, now) - chosen.keys(), self.usual)
        hearing = usual | {scope: each for scope, each in chosen.items() if self._hears(scope, each, now)}
        return [self._row(scope, choice) for scope, choice in sorted(hearing.items(), key=_by_scope)]

    def listed(self) -> list[Daily]:
        """One row for everything, one for each choice; ``*`` stands for the channels that made none."""
        usual = [self._row(EVERYTHING, self.usual), self._row(Scope("*", "*"), self.usual)]
        chosen = (self._row(*each) for each in self._chosen().items())
        return [row for row in (*usual, *chosen) if row.at != OFF]

    def _row(self, scope: Scope, choice: Choice) -> Daily:
        def act(day: Day) -> object:
            return self.tell(scope, day)

        return Daily(NAME, choice.at, choice.zone, act, f"{scope.team}/{scope.channel}")

    def _chosen(self) -> dict[Scope, Choice]:
        return {
            Scope(each.team, each.channel): Choice(each.at, each.zone, each.empty or self.usual.empty)
            for each in self.habits.all()
            if each.at == OFF or hours.known(each.at, each.zone)
        }

    def _hears(self, scope: Scope, choice: Choice, now: float) -> bool:
        if choice.at == OFF or not hours.told(choice.at, choice.zone, now):
            return False
        return choice.empty or scope in self._pictured(choice, now)

    def _pictured(self, choice: Choice, now: float) -> frozenset[Scope]:
        """Whose day there is something to tell about at ``now``; asked again only now and then."""
        day = None if choice.at == OFF else hours.told(choice.at, choice.zone, now)
        if not day:
            return frozenset()
        key = (day, choice.empty)
        asked = self._asked.get(key)
        if not asked or not 0 <= now - asked[0] < FRESH:
            self._asked = {k: v for k, v in self._asked.items() if 0 <= now - v[0] < FRESH}
            asked = self._asked[key] = (now, frozenset(self._found(day, empty=choice.empty)))
        return asked[1]

    def _found(self, day: Day, *, empty: bool) -> Iterator[Scope]:
        """With ``empty``, everything, and the channels that had pictures in the week."""
        for each in day.week() if empty else (day,):
            yield from self.numbers.channels(each)
        if empty or self.numbers.days(EVERYTHING, [day])[0].images:
            yield EVERYTHING


def _fail(fault: Exception) -> None:
    raise fault


def _by_scope(each: tuple[Scope, Choice]) -> tuple[str, str]:
    return each[0].team, each[0].channel
