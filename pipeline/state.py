"""The state of an image, from the results that its actors settled with."""

from collections.abc import Collection
from typing import Literal

from pipeline.results import Accepted, Failed, Release, Result

State = Literal["done", "held", "rejected", "failed"]


def state(results: Collection[Result]) -> State:
    """How a settled image ended.

    rejected: it could not be looked at. held: not to be shown, at least until a person decides.
    failed: a run was parked. done: everything else.
    """
    accepted = any(isinstance(r, Accepted) for r in results)
    failed = [r for r in results if isinstance(r, Failed)]
    if not accepted and any(f.rejected for f in failed):
        return "rejected"
    if accepted and any(isinstance(r, Release) and r.decision != "cleared" for r in results):
        return "held"
    return "failed" if any(not f.rejected for f in failed) else "done"
