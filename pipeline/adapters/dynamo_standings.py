"""How images stand with the public, from one consistent look at an image's partition of the table."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from uuid import uuid4

from pipeline.adapters.dynamo_items import TURN, readable
from pipeline.adapters.dynamo_table import THERE, Table, Update, Value
from pipeline.adapters.dynamo_turns import HELD, Partition, rounds, unmoved
from pipeline.errors import Unavailable
from pipeline.publication import SPEAKING, Publication, Standing, publication, standing
from pipeline.results import Result

MINE = f"{THERE} AND (attribute_not_exists(#still) OR #still<:until)"
"""Whoever comes late, after another one has taken over, marks nothing."""
HOLD = "SET #still=:until,#still_by=:me"
LET_GO = "REMOVE #still,#still_by"

_decoded = lru_cache(maxsize=512)(readable)
"""The rows are read anew each time; text that was decoded before need not be decoded again."""


class DynamoStandings:
    """``pipeline.publication.Standings`` and ``Publications`` on the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def publication(self, image: str) -> Publication | None:
        """See ``Publications.publication``: one query."""
        seen = Partition(self._table, image)
        return publication(image, _results(seen), seen.tasks.keys(), seen.wishes)

    def standing(self, image: str) -> Standing:
        """See ``Standings.standing``: one query."""
        return _standing(Partition(self._table, image))

    @contextmanager
    def still(self, image: str) -> Iterator[Standing]:
        """See ``Standings.still``; dynamo_turns says how.

        Three requests; with open tasks one more, and two for each of them. It ends by itself after ``HELD``
        seconds, so that who is killed in it holds nobody up for longer: whoever is in it that long has lost
        it. Waits for another one. Raises ``Unavailable``.
        """
        me = uuid4().hex
        until = self._hold(image, me)
        if until is None:
            yield standing({}, (), ())
            return
        held = [TURN]
        try:
            seen = Partition(self._table, image)
            tasks = seen.open_keys()
            held += [sk for sk in tasks if self._table.write(_mark(image, sk, me, until, MINE))]
            now = _standing(Partition(self._table, image) if tasks else seen)
            if time.time() > until:
                raise Unavailable("The table was too slow to hold the image still.")
            yield now
        finally:
            for sk in reversed(held):
                self._table.write(Update(image, sk, LET_GO, "#still_by=:me", {"me": me}))

    def _hold(self, image: str, me: str) -> float | None:
        """Keep others from making runs due, until when; None where there is no such image."""
        for _ in rounds():
            until = time.time() + HELD
            if self._table.write(_mark(image, TURN, me, until, unmoved())):
                return until
            if self._table.get(image, TURN) is None:
                return None
        raise AssertionError  # rounds() ends with words


def _mark(image: str, sk: str, me: str, until: float, when: str) -> Update:
    given: dict[str, Value] = {"until": until, "me": me}
    return Update(image, sk, HOLD, when, given | ({"now": time.time()} if ":now" in when else {}))


def _standing(seen: Partition) -> Standing:
    return standing(_results(seen), seen.tasks.keys(), seen.wishes)


def _results(seen: Partition) -> dict[str, Result]:
    found = {actor: seen.newest[actor] for actor in SPEAKING if actor in seen.newest}
    return {actor: _decoded(str(i.get("kind", "")), str(i.get("body", ""))) for actor, i in found.items()}
