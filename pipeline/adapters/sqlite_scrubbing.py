"""Makes sure that what was deleted is not in the bytes of the ledger's files any more.

``secure_delete`` overwrites what is deleted (https://sqlite.org/pragma.html#pragma_secure_delete); the
write-ahead log keeps old pages until it is truncated; and pages that SQLite rearranged may keep scraps in
their unused part: where any are found, the file is written anew (VACUUM).
"""

from pathlib import Path

from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unavailable

CHUNK = 1 << 20
"""Bytes that are searched at a time."""


def scrub(database: Database, words: tuple[str, ...], *, anew: bool) -> dict[str, int]:
    """Leave none of the words in the files; in which of them one still stands, and how many.

    ``anew``: write the file anew without looking, because nobody knows the words any more.
    """
    _truncate(database)
    if anew or search(database.path, words):
        database.read("VACUUM")
        _truncate(database)
    return search(database.path, words)


def search(ledger: Path, words: tuple[str, ...]) -> dict[str, int]:
    """How many of the words stand in each of the ledger's files."""
    files = [ledger, ledger.with_name(f"{ledger.name}-wal")]
    counts = {f"the file {file.name}": _count(file, [word.encode() for word in words]) for file in files}
    return {name: count for name, count in counts.items() if count}


def _truncate(database: Database) -> None:
    if database.read("PRAGMA wal_checkpoint(TRUNCATE)")[0]["busy"]:
        raise Unavailable(
            "The ledger's write-ahead log cannot be emptied, because somebody has been reading it for long."
            " It is tried again."
        )


def _count(file: Path, words: list[bytes]) -> int:
    if not words or not file.exists():
        return 0
    longest, found, tail = max(map(len, words)), set[bytes](), b""
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            tail += chunk
            found.update(word for word in words if word in tail)
            tail = tail[-longest:]
    return len(found)
