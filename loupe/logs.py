"""Log lines: one JSON object each, with the fields that say which run and where.

The parts of `loupe up` write them to stdout; commands for people keep stdout for their answers.
"""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

RUN_FIELDS = ("image", "actor", "attempt", "ms", "outcome")
EMF = "emf"
NOISY = ("slack_bolt", "slack_sdk", "urllib3", "apscheduler", "PIL", "pyvips", "uvicorn.access", "matplotlib")
CHATTY = ("uvicorn", "botocore")
"""They say at length what they do; what goes wrong is worth hearing."""


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: time, level, message, run fields and the place it ran at."""

    def __init__(self) -> None:
        super().__init__()
        self._place = {
            "environment": os.environ.get("LOUPE_ENVIRONMENT", "local"),
            "instance": f"{os.uname().nodename}:{os.getpid()}",
            "region": os.environ.get("AWS_REGION", "local"),
            "zone": os.environ.get("LOUPE_ZONE", "local"),
        }

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(self.whole(record), ensure_ascii=False, default=str)

    def whole(self, record: logging.LogRecord) -> dict[str, object]:
        """What the line says."""
        return self.fields(record) | self._place

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """What the line says, without the place."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        line["message"] = record.getMessage()
        line |= {name: getattr(record, name) for name in RUN_FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return line


def start(level: int = logging.INFO) -> None:
    """The log of a command for people: on stderr; on a terminal only what a person should act on."""
    begin(sys.stderr, level, JsonLines())


def start_part(metrics: str | None = None) -> None:
    """The log of a part of `loupe up`: on stdout. ``metrics``: ``emf`` for what CloudWatch reads."""
    lines = JsonLines()
    if metrics == EMF:
        from loupe.metric_lines import EmfLines

        lines = EmfLines()
    begin(sys.stdout, logging.INFO, lines)


def say(words: str, log: logging.Logger) -> None:
    """To a person at a terminal as a sentence; a file or a pipe gets log lines, so there it is one."""
    if sys.stdout.isatty():
        print(words, flush=True)
    else:
        log.info("%s", words)


def begin(stream: TextIO, level: int, lines: logging.Formatter) -> None:
    """Write lines to a stream from now on, in place of whatever was written before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(lines)
    level = max(level, logging.WARNING) if stream.isatty() else level
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
