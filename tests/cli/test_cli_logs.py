"""Log lines are JSON, one per record, with the run and the place."""

import io
import json
import logging
import sys

import pytest

from loupe.logs import JsonLines, start


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
    found = line(record(image="0190", actor="detect_faces", attempt=2, ms=41.5))
    assert {k: found[k] for k in ("image", "actor", "attempt", "ms")} == {
        "image": "0190",
        "actor": "detect_faces",
        "attempt": 2,
        "ms": 41.5,
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


@pytest.mark.parametrize(("terminal", "shown"), [(True, False), (False, True)])
def test_a_terminal_is_not_filled_with_a_line_per_run(
    terminal: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        start()
        logging.getLogger("loupe.run").info("detect_faces done")
        logging.getLogger("loupe.run").warning("The disk is full.")
    finally:
        root.handlers[:], root.level = before
    assert ("detect_faces done" in screen.getvalue()) is shown
    assert "The disk is full." in screen.getvalue()
