"""The rules of the alarms, as data: what was read in, what is wrong out. Pure.

A reading that could not be taken is None: its rules say nothing, and alarms that stand go on standing. The
words never name an image, nor tell what an outside service answered: alarms outlive an erasure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.alarms import Trouble
from pipeline.beats import SILENT
from pipeline.outbox import Standing

FEWEST = 10
"""Runs in the last hour below which their failures are no rate."""
ROW_FAILURES = 3
"""Times in a row that a row of the timetable may fail before it is told."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still well. A negative limit switches its rule off."""

    parked: float = 0
    """Runs."""
    oldest: float = 600
    """Seconds."""
    failures: float = 0.2
    """Part of the runs of an hour, 0-1."""
    disk: float = 1
    """GB that must be free."""
    quiet: float = -1
    """Hours without an image."""
    sink: float = 30
    """Minutes in which what is due to a sink must get there."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was found, at one moment."""

    parked: int | None = None
    oldest_seconds: float | None = None
    """Age of the oldest run that is due."""
    runs: int | None = None
    """That ended in about the last hour, for good."""
    failed: int = 0
    """Of them, those that were parked."""
    free_gb: float | None = None
    quiet_hours: float | None = None
    """Since the last image came; 0 where none ever did."""
    sinks: Sequence[Standing] | None = None
    """Those that are configured."""
    silent: Mapping[str, float] | None = None
    """Seconds since each part that should run was heard of."""
    clock: Mapping[str, int] | None = None
    """Times in a row that rows of the timetable did not work."""


Look = Callable[[Readings, Limits], Iterable[Trouble] | None]
"""What is wrong; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong."""

    name: str
    setting: str
    """The one with its limit; empty where it has none."""
    look: Look


def judged(readings: Readings, limits: Limits) -> tuple[list[Trouble], set[str]]:
    """Everything that is wrong, and the rules of which nothing can be told."""
    troubles: list[Trouble] = []
    unknown = set()
    for rule in RULES:
        found = rule.look(readings, limits)
        if found is None:
            unknown.add(rule.name)
        troubles += found or ()
    return troubles, unknown


def _parked(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.parked is None:
        return None
    what = f"{_count(read.parked, 'run')} failed for good and {'is' if read.parked == 1 else 'are'} parked."
    mend = "See why with: loupe status. Run them again with: loupe replay --parked"
    return _if(0 <= limits.parked < read.parked, Trouble("parked", "", f"{what}\n{mend}"))


def _oldest(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.oldest_seconds is None:
        return None
    what = (
        f"The oldest run that is due waits for {_time(read.oldest_seconds)} (limit {_time(limits.oldest)})."
    )
    mend = "Are there too many pictures, or no workers? See: loupe status. More workers: LOUPE_WORKERS"
    return _if(0 <= limits.oldest < read.oldest_seconds, Trouble("oldest", "", f"{what}\n{mend}"))


def _failures(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.runs is None:
        return None
    rate = min(read.failed, read.runs) / max(read.runs, 1)
    what = f"{rate:.0%} of {read.runs:,} runs in the last hour failed for good (limit {limits.failures:.0%})."
    mend = "See why with: loupe status. When that is mended: loupe replay --parked"
    wrong = read.runs >= FEWEST and 0 <= limits.failures < rate
    return _if(wrong, Trouble("failures", "", f"{what}\n{mend}"))


def _disk(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.free_gb is None:
        return None
    what = f"Only {read.free_gb:.1f} GB are free where the data folder is (limit {limits.disk:g} GB)."
    mend = "Free some space, or let originals go to the archive sooner: LOUPE_ARCHIVE_AFTER"
    return _if(0 <= read.free_gb < limits.disk, Trouble("disk", "", f"{what}\n{mend}"))


def _quiet(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.quiet_hours is None:
        return None
    what = f"No picture came for {read.quiet_hours:.0f} hours (limit {limits.quiet:g})."
    mend = "Is Slack still connected? See: loupe doctor, and /imgstatus health in Slack"
    return _if(0 < limits.quiet < read.quiet_hours, Trouble("quiet", "", f"{what}\n{mend}"))


def _sinks(read: Readings, limits: Limits) -> Iterable[Trouble] | None:
    if read.sinks is None:
        return None
    if limits.sink < 0:
        return ()
    return [
        Trouble("sink", each.sink, words) for each in read.sinks if (words := _failing(each, limits.sink))
    ]


def _failing(sink: Standing, minutes: float) -> str:
    """What is wrong with a sink. That much news waits its turn is nothing wrong."""
    mend = f"See what it answers with: loupe sinks list. When that is mended: loupe sinks replay {sink.sink}"
    if sink.parked:
        pieces = _count(sink.parked, "piece")
        return f"{pieces} of news for {sink.sink} could not be sent and will not be tried again.\n{mend}"
    if sink.state == "paused":
        return f"{sink.sink} says that it wants no more news; it gets none.\n{mend}"
    if sink.due and sink.failures and sink.oldest_seconds > minutes * 60:
        what = f"News for {sink.sink} could not be sent for {_time(sink.oldest_seconds)}; {sink.due:,} wait."
        return f"{what}\n{mend}"
    return ""


def _parts(read: Readings, _: Limits) -> Iterable[Trouble] | None:
    if read.silent is None:
        return None
    mend = "See its log. `loupe up` starts a part again that ends; if it hangs, start `loupe up` again"
    return [
        Trouble("part", part, f"The part '{part}' was not heard of for {_time(age)}.\n{mend}")
        for part, age in sorted(read.silent.items())
        if age > SILENT
    ]


def _clock(read: Readings, _: Limits) -> Iterable[Trouble] | None:
    if read.clock is None:
        return None
    mend = "The log says why (logger loupe.clock). It is tried again by itself"
    return [
        Trouble("clock", row, f"The clock's work '{row}' failed {failures} times in a row.\n{mend}")
        for row, failures in sorted(read.clock.items())
        if failures >= ROW_FAILURES
    ]


def _if(wrong: bool, trouble: Trouble) -> tuple[Trouble, ...]:
    return (trouble,) if wrong else ()


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _time(seconds: float) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return _count(int(seconds / size), word)
    return _count(round(seconds), "second")


RULES: tuple[Rule, ...] = (
    Rule("parked", "LOUPE_ALARM_PARKED", _parked),
    Rule("oldest", "LOUPE_ALARM_OLDEST", _oldest),
    Rule("failures", "LOUPE_ALARM_FAILURES", _failures),
    Rule("disk", "LOUPE_ALARM_DISK", _disk),
    Rule("quiet", "LOUPE_ALARM_QUIET", _quiet),
    Rule("sink", "LOUPE_ALARM_SINK", _sinks),
    Rule("part", "", _parts),
    Rule("clock", "", _clock),
)
