"""Weeks as a digest tells them, for charts and cards."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from pipeline.chart import PARTS

FIRST = date(2026, 11, 16)


def day(number: int, saved: int = 0, **ended: int) -> dict[str, Any]:
    """The ``number``-th day of the week; ``ended``: done, held, rejected, failed, waiting."""
    counts = {part.name: ended.get(part.name, 0) for part in PARTS}
    told = {"date": (FIRST + timedelta(days=number)).isoformat(), "bytes_saved": saved}
    return {**told, **counts, "images": sum(counts.values())}


def week(*days: dict[str, int]) -> list[dict[str, Any]]:
    """Seven days, the last of them as told, those before without images."""
    given: list[dict[str, int]] = [{}] * (7 - len(days)) + list(days)
    return [day(number, **ended) for number, ended in enumerate(given)]


counts = st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 2_000_000))
endings = st.fixed_dictionaries({part.name: counts for part in PARTS} | {"saved": st.integers(0, 10**13)})
weeks = st.lists(endings, min_size=7, max_size=7).map(lambda days: week(*days))
