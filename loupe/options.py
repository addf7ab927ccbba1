"""Options that every command takes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def data_option(command: Command) -> Command:
    """``--data DIR``: all state of the local engine lives below it."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="Data folder (LOUPE_DATA, else ./data).",
    )(command)


def wait_option(command: Command) -> Command:
    """``--wait SECONDS``: how long to wait for what was asked for."""
    return click.option(
        "--wait",
        type=click.FloatRange(0),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for it; 0: note it and go.",
    )(command)


def json_option(command: Command) -> Command:
    """``--json``: one JSON object per line on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")(command)
