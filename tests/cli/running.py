"""The command line in this process, on a data folder of the test's own."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from loupe.cli import main

Json = dict[str, Any]


def loupe(*arguments: str | Path) -> Result:
    """What `loupe` with these arguments says; a traceback fails the test. The log stays as loud as it was."""
    log = logging.getLogger("loupe")
    level = log.level
    try:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    finally:
        log.setLevel(level)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def lines(result: Result) -> list[Json]:
    """The JSON Lines on stdout."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def bare(monkeypatch: pytest.MonkeyPatch, folder: Path, names: Sequence[str]) -> None:
    """No setting of the machine's, no .env of the working directory, and pytest keeps its log handlers."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("loupe.logs.start", lambda level=0: None)
    monkeypatch.setattr("loupe.logs.start_part", lambda metrics=None: None)
    for name in names:
        monkeypatch.delenv(name, raising=False)
