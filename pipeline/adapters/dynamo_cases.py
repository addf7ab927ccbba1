"""The single images that digests name, from the DynamoDB table."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from pipeline import counting
from pipeline.adapters.dynamo_claims import open_items
from pipeline.adapters.dynamo_items import HEAD, channel_key, facts_of, row_of
from pipeline.adapters.dynamo_numbers import facts_around
from pipeline.adapters.dynamo_table import Table
from pipeline.digest import NAMED, Cases, Shelved
from pipeline.figures import EVERYTHING, Day, Facts, Scope
from pipeline.ledger import Row
from pipeline.results import Failed

LOOKED_AT = 1000
"""Parked runs, newest first, that are looked at for one digest. What is parked beyond them is not in it."""


class DynamoCases:
    """``pipeline.digest.Naming``; indexes lag a moment behind the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, scope: Scope, day: Day) -> Cases:
        """See ``Naming.of``."""
        images = counting.within(facts_around(self._table, [day]), scope, day)
        held = [each for each in images if each.state == "held" and _may_be_named(each, scope)]
        formats = Counter(each.format for each in images if each.format)
        parked = [(row, facts) for row, facts in self._parked() if counting.of_scope(facts, scope)]
        named = [pair for pair in parked if _may_be_named(pair[1], scope)]
        return Cases(
            private=self._private(scope),
            parked=tuple(_shelved(row, facts) for row, facts in named[:NAMED]),
            parked_in_all=len(parked),
            held=tuple(each.short for each in sorted(held, key=_age)[:NAMED]),
            formats=tuple(sorted(formats.items(), key=lambda pair: (-pair[1], pair[0]))),
        )

    def _parked(self) -> Iterator[tuple[Row, Facts]]:
        """Runs that are parked now, newest first, with what is known of their images."""
        for item in islice(open_items(self._table, "parked", backwards=True, page=NAMED), LOOKED_AT):
            head = self._table.get(item["pk"], HEAD)
            if head and "facts" in head:
                yield row_of(item), facts_of(head["facts"])

    def _private(self, scope: Scope) -> bool:
        """Is it, by its newest image, a private channel?"""
        key = channel_key(scope.team, scope.channel)
        newest = next(self._table.index("channels", key, backwards=True, page=1), None)
        return bool(newest and "facts" in newest and facts_of(newest["facts"]).private)


def _may_be_named(facts: Facts, scope: Scope) -> bool:
    return scope != EVERYTHING or not facts.private


def _age(facts: Facts) -> tuple[float, str]:
    return facts.entered_at.timestamp(), facts.image


def _shelved(row: Row, facts: Facts) -> Shelved:
    reason = row.result.reason if isinstance(row.result, Failed) else ""
    return Shelved(facts.short, row.actor, row.revision, reason)
