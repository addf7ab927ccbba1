"""Log lines are JSON, one per record, with the run and the place."""

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest

from loupe.logs import JsonLines, start, start_part
from loupe.metric_lines import EmfLines


def record(message: str = "done", **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("loupe.run", logging.INFO, __file__, 1, message, (), None)
    made.__dict__.update(fields)
    return made


def line(made: logging.LogRecord) -> dict[str, object]:
    text = JsonLines().format(made)
    assert "\n" not in text
    found: dict[str, object] = json.loads(text)
    return found


def test_a_run_is_told_with_image_actor_attempt_and_ms() -> None:
    found = line(record(image="0190", actor="detect_faces", attempt=2, ms=41.5, outcome="done"))
    assert {k: found[k] for k in ("image", "actor", "attempt", "ms", "outcome")} == {
        "image": "0190",
        "actor": "detect_faces",
        "attempt": 2,
        "ms": 41.5,
        "outcome": "done",
    }


def test_every_line_says_where_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_ENVIRONMENT", "staging")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("LOUPE_ZONE", "b")
    found = line(record())
    assert (found["environment"], found["region"], found["zone"]) == ("staging", "eu-central-1", "b")
    assert str(found["instance"]).rpartition(":")[2].isdigit()


def test_a_message_with_line_breaks_stays_one_line() -> None:
    assert line(record("first\nsecond"))["message"] == "first\nsecond"


def test_a_fault_comes_with_its_trace() -> None:
    try:
        raise ZeroDivisionError("a bug")
    except ZeroDivisionError:
        made = record()
        made.exc_info = sys.exc_info()
    assert "ZeroDivisionError: a bug" in str(line(made)["trace"])


def test_fields_that_a_record_does_not_have_are_left_out() -> None:
    assert "image" not in line(record())


def said(monkeypatch: pytest.MonkeyPatch, begin: Callable[[], None], *, terminal: bool) -> tuple[str, str]:
    """What comes out on stdout and stderr of a run that went well and of a warning."""
    screens = io.StringIO(), io.StringIO()
    for screen, name in zip(screens, ("stdout", "stderr"), strict=True):
        monkeypatch.setattr(screen, "isatty", lambda: terminal)
        monkeypatch.setattr(sys, name, screen)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        begin()
        logging.getLogger("loupe.run").info("detect_faces done")
        logging.getLogger("loupe.run").warning("The disk is full.")
    finally:
        root.handlers[:], root.level = before
    return screens[0].getvalue(), screens[1].getvalue()


@pytest.mark.parametrize(("begin", "stream"), [(start_part, 0), (start, 1)])
@pytest.mark.parametrize("terminal", [True, False])
def test_parts_log_to_stdout_and_commands_for_people_to_stderr(
    begin: Callable[[], None], stream: int, terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal is not filled with a line per run."""
    out = said(monkeypatch, begin, terminal=terminal)
    assert out[1 - stream] == ""
    assert "The disk is full." in out[stream]
    assert ("detect_faces done" in out[stream]) is not terminal
    assert all(json.loads(each)["environment"] for each in out[stream].splitlines())


RUN: dict[str, Any] = {"image": "0190", "actor": "detect_faces", "attempt": 1, "ms": 41.5}


def emf(made: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EmfLines().format(made))
    return found


@pytest.mark.parametrize(("outcome", "failed"), [("done", 0), ("skipped", 0), ("again", 0), ("failed", 1)])
def test_the_line_of_a_run_is_a_cloudwatch_metric_by_the_specification(outcome: str, failed: int) -> None:
    made = record(**RUN, outcome=outcome)
    found = emf(made)
    about = found["_aws"]
    assert about.keys() == {"Timestamp", "CloudWatchMetrics"}
    assert about["Timestamp"] == int(made.created * 1000)
    [directive] = about["CloudWatchMetrics"]
    assert directive["Namespace"] == "Loupe"
    [dimensions] = directive["Dimensions"]
    assert dimensions == ["actor"]
    assert all(isinstance(found[name], str) and found[name] for name in dimensions)
    assert {each["Name"]: each["Unit"] for each in directive["Metrics"]} == {
        "ms": "Milliseconds",
        "failed": "Count",
    }
    assert (found["ms"], found["failed"]) == (41.5, failed)
    assert line(made).items() <= found.items()


def test_a_line_that_is_not_of_a_run_is_no_metric() -> None:
    assert emf(record()).keys() == line(record()).keys()


@pytest.mark.parametrize(("metrics", "shown"), [(None, False), ("emf", True)])
def test_metrics_are_in_the_log_where_a_setting_says_so(
    metrics: str | None, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        start_part(metrics)
        logging.getLogger("loupe.run").info("detect_faces done", extra=RUN | {"outcome": "done"})
    finally:
        root.handlers[:], root.level = before
    assert ("_aws" in json.loads(screen.getvalue())) is shown
