"""Log lines: one JSON object each, on stderr, with the fields that say which run and where."""

import json
import logging
import os
import sys
from datetime import UTC, datetime

NOISY = (
    "slack_bolt", "slack_sdk", "urllib3", "apscheduler", "PIL", "pyvips", "uvicorn.access", "matplotlib",
)  # fmt: skip
"""Libraries that say more than anybody needs."""
RUN_FIELDS = ("image", "actor", "attempt", "ms")


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
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        line["message"] = record.getMessage()
        line |= {name: getattr(record, name) for name in RUN_FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line | self._place, ensure_ascii=False, default=str)


def start(level: int = logging.INFO) -> None:
    """Send this process's log to stderr as JSON lines; to a terminal only what a person should act on."""
    if sys.stderr.isatty():
        level = max(level, logging.WARNING)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
