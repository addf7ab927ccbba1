"""The state of an image, from the results that its actors settled with."""

from collections.abc import Collection
from typing import Literal

from pipeline.results import Accepted, Failed, Release, Result

State = Literal["done", "held", "rejected", "failed"]


def state(results: Collection[Result]) -> State:
    """How a settled image ended.

    rejected: it can never be looked at. held: not to be shown, at least until a person decides.
    failed: a run was parked. done: everything else.
    """
    failed = [r for r in results if isinstance(r, Failed)]
    if any(f.rejected for f in failed):
        return "rejected"
    if _accepted(results) and any(isinstance(r, Release) and r.decision != "cleared" for r in results):
        return "held"
    return "failed" if failed else "done"


def _accepted(results: Collection[Result]) -> bool:
    return any(isinstance(r, Accepted) for r in results)
