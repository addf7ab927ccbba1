"""Reports of two engines beside each other: without ids, times and addresses, everything has to be the same.

The invisible mark in each rendition says the image's id, so with other ids files are a few bytes longer or
shorter. Whoever compares lets both engines give the same ids.
"""

import re
from typing import Any

TIMES = {"entered_at", "at", "ms", "attempts", "since", "until"}
ADDRESS = re.compile(r"https?://[^\s\"'<>]*?/i/")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|IMG-[0-9A-Z]{4,9}")


def likeness(report: Any) -> Any:
    """A report without what rightly differs."""
    if isinstance(report, dict):
        kept = {name: value for name, value in report.items() if name not in TIMES | {"source"}}
        return {name: likeness(value) for name, value in kept.items()}
    if isinstance(report, list | tuple):
        return [likeness(each) for each in report]
    if isinstance(report, str):
        return IDS.sub("ID", ADDRESS.sub("SITE/i/", report))
    return report
