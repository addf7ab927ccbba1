"""Figures from the DynamoDB table: from the facts in the heads of images, and the counts of runs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pipeline import counting
from pipeline.adapters import dynamo_tallies
from pipeline.adapters.dynamo_items import facts_of
from pipeline.adapters.dynamo_table import Table
from pipeline.figures import EVERYTHING, Day, Facts, Figures, Scope, Step, Visited

MARGIN = timedelta(minutes=1)
"""An id is made this much before its image enters, at most; the index goes by the id."""


class DynamoNumbers:
    """``pipeline.figures.Numbers``: a query for each UTC day; the index lags a moment behind the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def days(self, scope: Scope, days: Sequence[Day]) -> list[Figures]:
        """See ``Numbers.days``: each UTC day is read once."""
        facts = facts_around(self._table, days)
        return [counting.figures(day, counting.within(facts, scope, day)) for day in days]

    def towns(self, scope: Scope, day: Day, most: int) -> list[Visited]:
        """See ``Numbers.towns``."""
        return counting.towns(counting.within(facts_around(self._table, [day]), scope, day), scope, most)

    def channels(self, day: Day) -> list[Scope]:
        """See ``Numbers.channels``."""
        return counting.channels(counting.within(facts_around(self._table, [day]), EVERYTHING, day))

    def steps(self, day: Day) -> list[Step]:
        """See ``Numbers.steps``."""
        return counting.steps(dynamo_tallies.between(self._table, day.start, day.end))


def facts_around(table: Table, days: Sequence[Day]) -> list[Facts]:
    """The facts of all images of these days, and of some before and after them."""
    dates = sorted({date for day in days for date in _dates(day)})
    heads = (head for date in dates for head in table.index("days", date))
    return [facts_of(head["facts"]) for head in heads if "facts" in head]


def _dates(day: Day) -> Iterator[str]:
    """The UTC days on which images of a day may have got their ids."""
    date = (datetime.fromtimestamp(day.start, UTC) - MARGIN).date()
    while date <= datetime.fromtimestamp(day.end, UTC).date():
        yield date.isoformat()
        date += timedelta(days=1)
