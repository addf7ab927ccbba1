"""Cold starts: each package under Lambda's own runtime client, in a clean environment.

To start is to load the interpreter, the client and ``loupe.aws`` and ask for the first event, which is what
Lambda reports as the duration of Init; the first event has nothing in it (an actor refuses it for that), so
that its answer takes what is opened then: settings, chain, ports and what they import, but no service and no
model. The operating system has the files in memory; Lambda reads them from a cache of its own, which takes
longer the first time.
"""

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row
from loupe.packing import bundle_of
from loupe.packing.building import build
from pipeline.chain import discover
from tests.aws.runtime_api import Function

TIMES = 7
TARGET = "start and first event: at most 1000"
NOTHING: dict[str, list[object]] = {"Records": []}
REFUSED = "UnexpectedBatchTypeError"
QUEUE = "http://127.0.0.1:9/000000000000/none"
SETTINGS = {
    "LOUPE_TABLE": "none",
    "LOUPE_STORE_BUCKET": "none",
    "LOUPE_PUBLIC_BUCKET": "none",
    "LOUPE_PUBLIC_URL": "https://none.example",
    "LOUPE_DATA": "/nonexistent",
    "LOUPE_WATERMARK_KEY": "a key for measurements",
    "LOUPE_TOPIC": "arn:aws:sns:eu-west-1:000000000000:none",
    "LOUPE_QUEUE": QUEUE,
    "LOUPE_PARKED_QUEUE": QUEUE,
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}
ACTORS = ("accept_image", "decide_release", "find_place", "make_renditions", "detect_faces")
"""One that fetches pictures, one that only decides, and one of each other bundle."""


def run() -> list[Row]:
    """The rows: a start and a first event per function."""
    home = {one.bundle: one.path for one in build()}
    wanted = {f"act, {name}": (bundle_of(discover().actor(name)), name) for name in ACTORS}
    rows = []
    with TemporaryDirectory() as folder:
        for name, (bundle, actor) in {"route": ("core", ""), **wanted}.items():
            package = Path(folder, bundle)
            if not package.exists():
                with zipfile.ZipFile(home[bundle]) as zipped:
                    zipped.extractall(package)
            rows += measured(f"{name} ({bundle})", package, name.partition(",")[0], actor)
    return rows


def measured(name: str, package: Path, entry: str, actor: str) -> list[Row]:
    """``TIMES`` new environments; raises ``RuntimeError`` where one does not answer."""
    starts, firsts, busy, memory = [], [], [], 0.0
    given = {"PYTHONPATH": str(package), "PYTHONSAFEPATH": "1", "LAMBDA_TASK_ROOT": str(package)}
    for _ in range(TIMES):
        with Function(
            f"loupe.aws.{entry}", SETTINGS | given | {"LOUPE_ACTOR": actor}, timeout=30
        ) as function:
            answer = function.invoke(NOTHING)
            if answer.fault and answer.fault.type != REFUSED:
                raise RuntimeError(f"{name}: {answer.fault.message}\n" + "\n".join(answer.lines))
            starts.append(answer.init_ms)
            firsts.append(answer.ms)
            busy.append(function.cpu() * 1000)
            memory = max(memory, function.memory_used())
    both = tuple(start + first for start, first in zip(starts, firsts, strict=True))
    return [
        Row(f"{name}: start", "ms", tuple(starts)),
        Row(f"{name}: start and first event", "ms", both, TARGET),
        Row(f"{name}: processor", "ms", tuple(busy)),
        Row(f"{name}: memory", "MB", (memory,)),
    ]
