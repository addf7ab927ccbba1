"""The bench of functions: what an invocation says of its time, and that figures are of what went well."""

import pytest

from bench.functions import Timed, timed
from tests.aws.runtime_api import Answer, Fault

LINE = '{"timed": {"ms": 9.0, "cpu_ms": 4.0, "requests": 3, "waited_ms": 8.0}}'


def answer(*lines: str, result: object = None, fault: Fault | None = None) -> Answer:
    return Answer(result, fault, 9.5, 0.0, lines)


def test_own_time_is_what_requests_leave() -> None:
    found = timed(answer('{"level": "info"}', LINE, result={"batchItemFailures": []}))
    assert found == Timed(9.0, 4.0, 3, 8.0)
    assert found.own == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        answer(LINE, fault=Fault("ValueError", "no")),
        answer(LINE, result={"batchItemFailures": [{"itemIdentifier": "1"}]}),
    ],
)
def test_what_failed_is_no_figure(wrong: Answer) -> None:
    with pytest.raises(AssertionError):
        timed(wrong)


def test_an_invocation_that_says_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        timed(answer("nothing"))
