"""When to try again, and when to give up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Rejected, Transient, Unavailable
from pipeline.retry import Backoff

BUG = ValueError("a bug")


@settings(deadline=None)
@given(st.integers(1, 1000))
def test_the_pause_doubles_up_to_the_longest_with_jitter_on_its_upper_half(attempts: int) -> None:
    backoff = Backoff(first=1.0, longest=60.0)
    ceiling = min(60.0, 2.0 ** min(attempts - 1, 20))
    assert ceiling / 2 <= backoff.delay(attempts, BUG) <= ceiling


def test_runs_that_failed_together_do_not_come_back_together() -> None:
    assert len({Backoff().delay(5, BUG) for _ in range(20)}) == 20


@settings(deadline=None)
@given(st.floats(0, 1e6), st.integers(1, 50))
def test_it_never_comes_back_before_it_was_asked_to(asked: float, attempts: int) -> None:
    assert Backoff().delay(attempts, Transient("Slow down.", retry_after=asked)) >= asked


@pytest.mark.parametrize(
    ("fault", "allowed"),
    [(BUG, 5), (Rejected("No."), 5), (Transient("Closed."), 40), (Unavailable("Full."), 40)],
)
def test_what_is_not_the_runs_own_fault_has_more_patience(fault: Exception, allowed: int) -> None:
    backoff = Backoff(transient_attempts=40)
    assert not backoff.exhausted(allowed - 1, 5, fault)
    assert backoff.exhausted(allowed, 5, fault)


def test_patience_lasts_for_hours() -> None:
    least = sum(Backoff().delay(n, Transient("Closed.")) for n in range(1, Backoff().transient_attempts))
    assert least > 3 * 3600
