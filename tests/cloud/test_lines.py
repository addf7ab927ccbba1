"""What a function logs says of which invocation it is, and is a metric where it tells of a run."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from loupe.cloud import lines
from tests.cloud.slack_house import Context

RUN = {"image": "0190", "actor": "detect_faces", "attempt": 1, "ms": 41.5, "outcome": "done"}
log = logging.getLogger("loupe.run")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What comes out on stdout of a process that logs as functions do."""
    screen, root = io.StringIO(), logging.getLogger()
    monkeypatch.setattr(sys, "stdout", screen)
    before = (root.handlers[:], root.level)
    lines.start()
    yield screen
    root.handlers[:], root.level = before


def told(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


@lines.of_invocation
def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    log.info("detect_faces done", extra=RUN)
    if event.get("breaks"):
        raise ZeroDivisionError
    return event


def test_every_line_says_of_which_request_it_is_and_whether_the_function_was_started_for_it(
    said: io.StringIO,
) -> None:
    contexts = [Context(), Context()]
    assert [handler({"n": 1}, context) for context in contexts] == [{"n": 1}] * 2
    found = told(said)
    assert [line["function_request_id"] for line in found] == [each.aws_request_id for each in contexts]
    assert [line["function_name"] for line in found] == ["loupe-test"] * 2
    assert found[1]["cold_start"] is False


def test_a_run_is_a_metric_and_keeps_the_names_that_filters_and_questions_use(said: io.StringIO) -> None:
    handler({}, Context())
    [line] = told(said)
    assert line.items() >= RUN.items()
    assert (line["level"], line["from"], line["failed"]) == ("info", "loupe.run", 0)
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["actor"]]
    assert {"at", "environment", "region", "zone", "instance"} <= line.keys()


def test_a_function_that_breaks_takes_no_name_over_into_the_next_request(said: io.StringIO) -> None:
    broken, after = Context(), Context()
    with pytest.raises(ZeroDivisionError):
        handler({"breaks": True}, broken)
    handler({}, after)
    assert [line["function_request_id"] for line in told(said)] == [
        broken.aws_request_id,
        after.aws_request_id,
    ]


def test_a_trace_is_named_where_x_ray_follows_the_request(
    said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler({}, Context())
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    handler({}, Context())
    assert [line.get("xray_trace_id") for line in told(said)] == [None, "1-5759e988-bd862e3fe1be46a994272793"]


def test_what_other_libraries_log_is_a_line_too_and_their_debugging_is_not(said: io.StringIO) -> None:
    logging.getLogger("botocore.hooks").debug("a parameter")
    logging.getLogger("elsewhere").warning("The disk is full.")
    [line] = told(said)
    assert (line["level"], line["message"]) == ("warning", "The disk is full.")
