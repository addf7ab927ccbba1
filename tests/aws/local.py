"""Pictures through the engine of one machine, under ids that were given elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from loupe import checking, factory, settings
from loupe.ground import ground
from pipeline.adapters import sqlite_ledger
from pipeline.retry import IMPATIENT
from tests.aws.whole import SECRET


def reports_here(
    folder: Path, pictures: Mapping[str, bytes], ids: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Reports by the names of files. The ids are those of ``ids``, in whose order the files are entered."""
    config = settings.load(data=folder / "data", watermark_key=SECRET, workers=2)
    base = ground(config)
    files = [folder / name for name in sorted(pictures, key=lambda name: ids[name])]
    for file in files:
        file.write_bytes(pictures[file.name])
    engine = base.engine(IMPATIENT)
    with called(ids[file.name] for file in files):
        images = checking.enter(engine, files)
    with checking.workers(engine, factory.passing(config, (), IMPATIENT), config.workers):
        found = list(checking.reports(base, images))
    base.database.close()
    return {report["source"]["name"]: dict(report) for report in found}


@contextmanager
def called(ids: Iterator[str]) -> Iterator[None]:
    """New images get these ids."""
    with patch.object(sqlite_ledger, "new_image", lambda: next(ids)):
        yield
