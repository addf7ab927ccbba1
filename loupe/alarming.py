"""Joins the alarms to the ledger: takes readings, raises and resolves, and says who hears of it."""

import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from loupe import mail, operators
from loupe.ground import Ground
from loupe.sinks import sinks
from pipeline import alarm_rules
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.sqlite_readings import SqliteReadings
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.alarm_rules import Readings
from pipeline.alarms import Alarm
from pipeline.beats import PARTS
from pipeline.news import MAIL, SLACK, Address, Draft, addresses
from pipeline.outbox import Standing
from pipeline.wakes import Wake
from scheduler.timetable import RETRY

HOUR = 3600.0
GB = 1e9
LATELY = 2 * RETRY[1]
"""Seconds since the last try; what still fails is tried more often than that."""


def hearers(base: Ground, draft: Draft) -> list[Address]:
    """Who hears an alarm: the sinks that want it, and the operators."""
    channel = operators.channel(base.settings)
    return [
        *addresses(draft, sinks(base.settings.sinks)),
        *([Address(SLACK, channel)] if channel else []),
        *mail.operators(base.settings),
    ]


@dataclass(slots=True)
class Watch:
    """Looks at everything that may be wrong."""

    base: Ground
    rows: Collection[str]
    """Names of the rows of the timetable."""
    now: Callable[[], float] = time.time
    begun: float = field(default_factory=time.monotonic)
    """Since when somebody watches: a part that was silent while nobody did is not missed yet."""

    def look(self) -> list[Alarm]:
        """Take readings, raise and resolve by them; the alarms for which that was done."""
        troubles, unknown = alarm_rules.judged(self.readings(), self.base.settings.limits)
        at = datetime.fromtimestamp(self.now(), UTC)
        return SqliteAlarms(self.base.database).follow(troubles, unknown, at, self.hears)

    def readings(self) -> Readings:
        """What there is to be seen now."""
        base, now = self.base, self.now()
        queue, reader = base.catalog.queue(), SqliteReadings(base.database)
        runs, failed = reader.runs(now - HOUR)
        last = reader.last_image()
        return Readings(
            parked=queue.parked,
            oldest_seconds=queue.oldest_seconds,
            runs=runs,
            failed=failed,
            free_gb=_free(base),
            quiet_hours=0.0 if last is None else max(0.0, now - last) / HOUR,
            sinks=self._sinks(),
            silent=self._silent(),
            clock=failing(SqliteWakes(base.database).all(), self.rows, now),
        )

    def hears(self, alarm: Alarm, draft: Draft) -> Sequence[Address]:
        """The sinks that want alarms and the operators; an alarm about a sink does not go to that sink."""
        to = hearers(self.base, draft)
        return [each for each in to if (alarm.rule, alarm.subject) != ("sink", each.sink)]

    def _sinks(self) -> list[Standing]:
        configured = {SLACK, MAIL, *self.base.settings.sinks}
        return [each for each in SqliteOutbox(self.base.database).standings() if each.sink in configured]

    def _silent(self) -> Mapping[str, float]:
        watched = time.monotonic() - self.begun
        ages = SqliteBeats(self.base.database).ages()
        return {part: min(ages[part], watched) for part in parts(self.base) if part in ages}


def parts(base: Ground) -> tuple[str, ...]:
    """The parts that should run."""
    return tuple(part for part in PARTS if part != "bot" or base.settings.has_slack)


def failing(wakes: Mapping[str, Wake], rows: Collection[str], now: float) -> Mapping[str, int]:
    """Times in a row that each row did not work, by its name; what is not tried any more is let be."""
    found: dict[str, int] = {}
    for wake in wakes.values():
        name = wake.row.partition("/")[0]
        if name in rows and now - wake.at < LATELY:
            found[name] = max(found.get(name, 0), wake.failures)
    return found


def _free(base: Ground) -> float | None:
    try:
        return shutil.disk_usage(base.settings.data).free / GB
    except OSError:
        return None
