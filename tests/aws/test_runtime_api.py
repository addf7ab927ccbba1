"""The Runtime API before the official runtime client: what Lambda does with a function."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.aws.runtime_api import Function, Throttled

TOYS = "tests.aws.toy_handlers"


def test_a_function_answers_and_stays_warm() -> None:
    with Function(f"{TOYS}.echo", {"SHOWN": "yes"}) as function:
        first, *others = [function.invoke({"n": n, "ä": "ö"}) for n in range(5)]
        assert first.cold
        assert not any(each.cold for each in others)
        assert [each.result["event"]["n"] for each in (first, *others)] == list(range(5))
        assert first.result["shown"] == "yes"
        assert len({each.result["pid"] for each in (first, *others)}) == 1 == function.starts
        assert function.memory_used() > 5


def test_large_events_and_results_come_whole() -> None:
    with Function(f"{TOYS}.echo") as function:
        assert function.invoke("ü" * 900_000).result["event"] == "ü" * 900_000


def test_an_exception_is_an_error_and_the_environment_lives_on() -> None:
    with Function(f"{TOYS}.fail") as function:
        answers = [function.invoke(n) for n in range(2)]
        assert [(each.fault.type, each.fault.message) for each in answers if each.fault] == [
            ("ValueError", "no: 0"),
            ("ValueError", "no: 1"),
        ]
        assert any("Traceback" in line for line in answers[0].lines)
        assert function.starts == 1


def test_the_context_says_what_aws_says() -> None:
    with Function(f"{TOYS}.told", timeout=7.0, memory=512, name="loupe-told") as function:
        function.invoke(None)
        told = function.invoke(None).result
        assert 6_500 < told["left_ms"] <= 7_000
        assert told["arn"] == "arn:aws:lambda:eu-west-1:000000000000:function:loupe-told"
        assert told["trace"].startswith("Root=1-")
        assert told["memory"] == "512"
        assert len(told["id"]) == 36


def test_a_deadline_kills() -> None:
    with Function(f"{TOYS}.sleep", timeout=0.4) as function:
        slow, next_one = function.invoke(30), function.invoke(0)
        assert slow.fault
        assert slow.fault.type == "Sandbox.Timedout"
        assert "timed out after 0.40 seconds" in slow.fault.message
        assert slow.ms < 5_000
        assert slow.lines == ("asleep",)
        assert (next_one.result, next_one.cold) == ("slept", True)


def test_killed_midway_is_an_error_and_a_new_environment_next_time() -> None:
    with Function(f"{TOYS}.sleep", timeout=30) as function:
        function.invoke(0)
        killed = function.invoke(20, kill_after=0.1)
        assert killed.fault
        assert killed.fault.killed
        assert "signal: killed" in killed.fault.message
        assert 100 <= killed.ms < 5_000
        assert function.invoke(0).cold
        assert function.starts == 2


def test_what_ends_by_itself_is_an_error() -> None:
    with Function(f"{TOYS}.die", timeout=30) as function:
        answer = function.invoke(7)
        assert answer.fault
        assert answer.fault.message == "Runtime exited with error: exit status 7"


def test_an_environment_that_went_while_idle_is_replaced() -> None:
    with Function(f"{TOYS}.echo") as function:
        function.invoke(0)
        [pid] = function.pids()
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        assert function.invoke(1).result["event"] == 1
        assert function.starts == 2


def test_a_handler_that_is_not_there_is_told() -> None:
    with Function(f"{TOYS}.absent") as function:
        answer = function.invoke(0)
        assert answer.fault
        assert answer.fault.type == "Runtime.HandlerNotFound"


def test_standard_output_and_metrics_are_kept_by_invocation() -> None:
    with Function(f"{TOYS}.measure") as function:
        answers = [function.invoke(n) for n in (3, 4)]
        assert [[m["n"] for m in each.metrics] for each in answers] == [[3], [4]]
        assert answers[1].lines[0] == "a plain line"


def test_as_many_environments_as_are_needed_but_no_more_than_allowed() -> None:
    with Function(f"{TOYS}.sleep", timeout=30, concurrency=2) as function, ThreadPoolExecutor(2) as pool:
        under_way = [pool.submit(function.invoke, 1.0) for _ in range(2)]
        until = time.monotonic() + 10
        while function.starts < 2 and time.monotonic() < until:
            time.sleep(0.01)
        with pytest.raises(Throttled):
            function.invoke(0)
        assert [each.result().result for each in under_way] == ["slept", "slept"]
        assert not function.invoke(0).cold
