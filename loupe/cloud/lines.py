"""The log of the functions: Loupe's lines and metrics, and to which invocation each belongs."""

import json
import logging
import sys

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from loupe import logs
from loupe.metric_lines import EmfLines

TOLD = ("function_name", "function_request_id", "cold_start", "xray_trace_id")
"""What Powertools knows of an invocation, and what it calls that."""


class InvocationLines(LambdaPowertoolsFormatter):
    """Formats a record as ``EmfLines`` does, with the invocation that ``of_invocation`` noted."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = EmfLines()

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        known = self.log_format | {"xray_trace_id": self._get_latest_trace_id()}
        told = {name: known[name] for name in TOLD if known.get(name) is not None}
        return json.dumps(self._lines.whole(record) | told, ensure_ascii=False, default=str)


_LINES = InvocationLines()
of_invocation = Logger(service="invocation", logger_formatter=_LINES).inject_lambda_context(clear_state=True)
"""Decorates a function's entry: what is logged while it runs says of which request it is."""


def start() -> None:
    """The log of this process: on stdout, where Lambda takes it."""
    logs.begin(sys.stdout, logging.INFO, _LINES)
