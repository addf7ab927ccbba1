"""A watched folder: what is seen in it, when a file counts as complete, what is written into it."""

import errno
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters import folder_drop
from pipeline.adapters.folder_drop import FolderDrop, heed_leases
from pipeline.drops import Found, Unreadable
from pipeline.errors import Unavailable
from tests.drop.places import PATIENCE, aged, until

REPORT = {"id": "0191", "short": "IMG-1", "actors": {}, "state": "done"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def seen(drop: FolderDrop) -> dict[str, Found]:
    return {found.path: found for page in drop.pages() for found in page}


def fetched(drop: FolderDrop, path: str) -> bytes | None:
    """The bytes of a file once it is complete."""
    got = bytearray()
    return bytes(got) if drop.fetch(seen(drop)[path], got.extend) else None


def put(folder: Path, name: str, data: bytes = b"picture") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return aged(path)


def test_files_are_seen_however_deep_they_lie(folder: Path) -> None:
    for name in ("a.jpg", "b/c.jpg", "b/d/e/f.jpg"):
        put(folder, name)
    assert set(seen(FolderDrop(folder))) == {"a.jpg", "b/c.jpg", "b/d/e/f.jpg"}


def test_what_is_hidden_unfinished_a_report_or_no_file_is_not_seen(folder: Path) -> None:
    for name in (".a.jpg", "b.part", "c.jpg.report.json", ".hidden/d.jpg"):
        put(folder, name)
    os.mkfifo(folder / "pipe.jpg")
    assert seen(FolderDrop(folder)) == {}


def test_no_link_is_followed_neither_to_files_nor_to_folders_nor_in_circles(folder: Path) -> None:
    outside = put(folder.parent, "outside/secret.jpg")
    (folder / "link.jpg").symlink_to(outside)
    (folder / "away").symlink_to(outside.parent)
    (folder / "circle").symlink_to(folder)
    put(folder, "a.jpg")
    assert set(seen(FolderDrop(folder))) == {"a.jpg"}


def test_a_folder_that_becomes_a_link_between_two_looks_is_not_followed(folder: Path) -> None:
    put(folder, "sub/a.jpg", b"mine")
    drop = FolderDrop(folder)
    found = seen(drop)["sub/a.jpg"]
    (folder / "sub").rename(folder.parent / "moved")
    (folder / "sub").symlink_to(folder.parent / "moved")
    with pytest.raises(Unreadable, match="cannot be read"):
        drop.fetch(found, bytearray().extend)


def test_a_name_that_is_not_utf_8_is_taken_as_it_is(folder: Path) -> None:
    name = os.fsdecode(b"\xff\xfe \n.jpg")
    put(folder, name)
    drop = FolderDrop(folder)
    assert fetched(drop, name) == b"picture"
    drop.tell(name, REPORT)
    assert json.loads((folder / f"{name}.report.json").read_bytes()) == REPORT


def test_too_deep_is_not_gone_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_drop, "DEEPEST", 2)
    for name in ("1/2/a.jpg", "1/2/3/b.jpg"):
        put(folder, name)
    assert set(seen(FolderDrop(folder))) == {"1/2/a.jpg"}


def test_loupes_own_folder_is_passed_over_wherever_it_lies(folder: Path) -> None:
    put(folder, "a.jpg")
    put(folder, "data/store/b.jpg")
    assert set(seen(FolderDrop(folder, spared=folder / "data"))) == {"a.jpg"}


def test_many_files_come_some_at_a_time(folder: Path) -> None:
    for number in range(folder_drop.PAGE + 1):
        (folder / f"{number}.jpg").touch()
    assert [len(page) for page in FolderDrop(folder).pages()] == [folder_drop.PAGE, 1]


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        list(FolderDrop(tmp_path / "none").pages())


def test_a_file_that_was_moved_in_is_complete_at_once(folder: Path) -> None:
    put(folder.parent, "a.jpg").rename(folder / "a.jpg")
    assert fetched(FolderDrop(folder), "a.jpg") == b"picture"


def test_a_file_that_changed_just_now_is_waited_for(folder: Path) -> None:
    (folder / "a.jpg").write_bytes(b"x")
    drop = FolderDrop(folder)
    assert fetched(drop, "a.jpg") is None
    assert until(lambda: fetched(drop, "a.jpg")) == b"x"


SLOW = """
import sys, time
with open(sys.argv[1], "wb") as file:
    print("open", flush=True)
    for _ in range(3):
        file.write(b"a piece ")
        file.flush()
        sys.stdin.readline()
"""


def test_a_file_is_not_complete_while_somebody_writes_however_slowly(folder: Path) -> None:
    heed_leases()
    drop, path = FolderDrop(folder), folder / "a.jpg"
    command = [sys.executable, "-c", SLOW, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin
        assert writer.stdout
        assert writer.stdout.readline()
        for _ in range(3):
            aged(path)  # however long ago the last piece came
            assert fetched(drop, "a.jpg") is None
            writer.stdin.write("\n")
            writer.stdin.flush()
        assert writer.wait(PATIENCE) == 0
    assert until(lambda: fetched(drop, "a.jpg")) == b"a piece " * 3


def test_who_opens_a_file_for_writing_at_any_moment_is_not_hindered(folder: Path) -> None:
    heed_leases()
    path, stop = put(folder, "a.jpg", b"x" * 100_000), threading.Event()

    def look() -> None:
        drop = FolderDrop(folder)
        while not stop.is_set():
            fetched(drop, "a.jpg")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for number in range(300):
            path.write_bytes(bytes([number % 256]) * 1000)
    finally:
        stop.set()
        thread.join()
    assert path.read_bytes() == bytes([299 % 256]) * 1000


@pytest.fixture
def no_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a network folder."""
    real = fcntl.fcntl

    def refuse(handle: int, command: int, argument: Any = 0) -> Any:
        if command == fcntl.F_SETLEASE:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(handle, command, argument)

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    monkeypatch.setattr("pipeline.drops.SETTLED", 0.3)


@pytest.mark.usefixtures("no_leases")
def test_where_writers_cannot_be_seen_a_file_has_to_stay_as_it_is_for_a_while(folder: Path) -> None:
    path, drop = put(folder, "a.jpg"), FolderDrop(folder)
    assert fetched(drop, "a.jpg") is None, "its age is told by a clock that may not be ours"
    time.sleep(0.2)
    path.write_bytes(b"more of it")
    assert fetched(drop, "a.jpg") is None
    assert until(lambda: fetched(drop, "a.jpg")) == b"more of it"


def test_a_file_that_changes_while_it_is_read_is_not_taken(folder: Path) -> None:
    path, drop = put(folder, "a.jpg", b"first"), FolderDrop(folder)

    def interfere(chunk: bytes) -> None:
        path.write_bytes(b"second")

    assert not drop.fetch(seen(drop)["a.jpg"], interfere)
    assert until(lambda: fetched(drop, "a.jpg")) == b"second"


def test_a_file_that_goes_before_it_is_read_is_none(folder: Path) -> None:
    path, drop = put(folder, "a.jpg"), FolderDrop(folder)
    found = seen(drop)["a.jpg"]
    path.unlink()
    assert not drop.fetch(found, bytearray().extend)


def test_only_so_many_files_are_waited_for_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_drop, "MOST", 1)
    put(folder, "a.jpg")
    put(folder, "b.jpg")
    drop = FolderDrop(folder)
    (folder / "a.jpg").write_bytes(b"just now")
    assert fetched(drop, "a.jpg") is None
    assert fetched(drop, "b.jpg") is None
    assert until(lambda: fetched(drop, "a.jpg"))
    assert fetched(drop, "b.jpg") == b"picture"


def test_a_report_is_for_everybody_who_reads_the_folder_and_nothing_else_is_left(folder: Path) -> None:
    put(folder, "sub/a.jpg")
    FolderDrop(folder).tell("sub/a.jpg", REPORT)
    assert sorted(os.listdir(folder / "sub")) == ["a.jpg", "a.jpg.report.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert (folder / "sub" / "a.jpg.report.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_no_report_is_written_about_a_file_that_went(folder: Path) -> None:
    FolderDrop(folder).tell("gone.jpg", REPORT)
    FolderDrop(folder).tell("gone/too.jpg", REPORT)
    assert os.listdir(folder) == []


def test_what_is_not_a_report_of_ours_is_never_written_over(folder: Path) -> None:
    put(folder, "a.jpg")
    for words in (b"my own notes", b'{"id": 1}', b"[]"):
        (folder / "a.jpg.report.json").write_bytes(words)
        with pytest.raises(Unavailable, match="left as it is"):
            FolderDrop(folder).tell("a.jpg", REPORT)
        FolderDrop(folder).untell("a.jpg")
        assert (folder / "a.jpg.report.json").read_bytes() == words


def test_a_report_of_ours_is_written_over_and_taken_away(folder: Path) -> None:
    put(folder, "a.jpg")
    drop = FolderDrop(folder)
    drop.tell("a.jpg", REPORT | {"state": "waiting"})
    drop.tell("a.jpg", REPORT)
    assert json.loads((folder / "a.jpg.report.json").read_bytes())["state"] == "done"
    drop.untell("a.jpg")
    drop.untell("a.jpg")
    assert os.listdir(folder) == ["a.jpg"]


def test_a_link_in_the_place_of_a_report_is_not_written_through(folder: Path) -> None:
    victim = put(folder.parent, "victim.json", json.dumps(REPORT).encode())
    put(folder, "a.jpg")
    (folder / "a.jpg.report.json").symlink_to(victim)
    FolderDrop(folder).tell("a.jpg", REPORT | {"state": "failed"})
    assert json.loads(victim.read_bytes()) == REPORT


def test_a_folder_that_cannot_be_written_to_is_told_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, text: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    put(folder, "a.jpg")
    monkeypatch.setattr(folder_drop, "_write", refuse)
    with pytest.raises(Unavailable, match=r"Read-only file system\. Make the folder writable"):
        FolderDrop(folder).tell("a.jpg", REPORT)
