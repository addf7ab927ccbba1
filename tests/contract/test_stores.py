"""What a store promises, kept by the folder and by the archive."""

import errno
import io
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest

from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.errors import Unavailable, Unknown
from tests.contract.trouble import locked_folder, words_of

STORES: list[type[DiskStore]] = [DiskStore, ZstdArchive]
each_store = pytest.mark.parametrize("kind", STORES, ids=lambda kind: kind.called)


@pytest.fixture(params=STORES, ids=lambda kind: kind.called)
def store(tmp_path: Path, request: pytest.FixtureRequest) -> DiskStore:
    made: DiskStore = request.param(tmp_path / "store")
    return made


def files(store: DiskStore) -> list[str]:
    found = (path for path in store.folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(store.folder).as_posix() for path in found)


def content(store: DiskStore, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


class Torn(io.RawIOBase):
    """A stream that gives some bytes, then fails."""

    def __init__(self, fault: BaseException) -> None:
        self._parts: list[bytes | BaseException] = [b"some", fault]

    def read(self, size: int = -1) -> bytes:
        part = self._parts.pop(0)
        if isinstance(part, BaseException):
            raise part
        return part


def test_what_was_put_can_be_read(store: DiskStore) -> None:
    store.put("originals/ab/cd.jpg", io.BytesIO(b"picture"))
    assert content(store, "originals/ab/cd.jpg") == b"picture"


def test_large_and_empty_things_are_kept_whole(store: DiskStore) -> None:
    large = os.urandom(3_000_001)
    store.put("large", io.BytesIO(large))
    store.put("empty", io.BytesIO())
    assert content(store, "large") == large
    assert content(store, "empty") == b""


def test_the_same_key_again_is_harmless(store: DiskStore) -> None:
    store.put("a/b", io.BytesIO(b"picture"))
    with store.open("a/b") as reading:
        store.put("a/b", io.BytesIO(b"picture"))
        assert reading.read() == b"picture"
    assert files(store) == ["a/b"]


def test_many_at_once_leave_one_whole_thing(store: DiskStore) -> None:
    start, bodies = Barrier(4), [bytes([n]) * 500_000 for n in range(4)]

    def put(body: bytes) -> None:
        start.wait()
        store.put("a/new/folder/key", io.BytesIO(body))

    threads = [Thread(target=put, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(store, "a/new/folder/key") in bodies
    assert files(store) == ["a/new/folder/key"]


@pytest.mark.parametrize("fault", [ValueError("torn"), KeyboardInterrupt(), OSError(errno.EIO, "torn")])
def test_what_breaks_off_leaves_nothing_behind(store: DiskStore, fault: BaseException) -> None:
    store.put("a/b", io.BytesIO(b"whole"))
    for key in ("a/b", "a/c"):
        with pytest.raises((type(fault), Unavailable)):
            store.put(key, Torn(fault))  # type: ignore[arg-type]
    assert files(store) == ["a/b"]
    assert content(store, "a/b") == b"whole"


def test_what_is_deleted_is_gone_and_deleting_it_again_is_harmless(store: DiskStore) -> None:
    store.put("a/b", io.BytesIO(b"picture"))
    for _ in range(2):
        store.delete("a/b")
    store.delete("never/there")
    assert files(store) == []


@pytest.mark.parametrize("key", ["missing", "a/missing", "a/b/below", "a"])
def test_what_is_not_there_is_unknown(store: DiskStore, key: str) -> None:
    store.put("a/b", io.BytesIO(b"picture"))
    with pytest.raises(Unknown, match=f"nothing under '{key}'"):
        store.open(key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "a/",
        ".h",
        "a/.b",
        "A",
        "a b",
        "a\n",
        "a\\b",
        "ä",
        "~",
        "a\0",
    ],
)
def test_a_key_that_loupe_would_not_make_is_refused(store: DiskStore, key: str) -> None:
    for act in (lambda: store.put(key, io.BytesIO(b"x")), lambda: store.open(key), lambda: store.delete(key)):
        with pytest.raises(Unknown, match=f"is not a key of the {store.called}"):
            act()
    assert not store.folder.exists()


def test_a_full_disk_is_told_in_a_sentence(store: DiskStore) -> None:
    with pytest.raises(Unavailable) as fault:
        store.put("a/b", Torn(OSError(errno.ENOSPC, "No space left on device")))  # type: ignore[arg-type]
    told = f"The disk that holds {store.folder / 'a'} is full. Free some space; "
    assert fault.value.words == told + "nothing that was accepted is lost."


def test_a_disk_that_takes_no_more_is_told_in_a_sentence_and_leaves_nothing_behind(store: DiskStore) -> None:
    words = words_of(lambda: store.put("a/b", io.BytesIO(os.urandom(100_000))), largest_file=50_000)
    assert words.startswith(f"{store.folder / 'a/b'} cannot be written: File too large.")
    assert files(store) == []


@each_store
def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(kind: type[DiskStore]) -> None:
    with locked_folder() as folder:
        words = words_of(lambda: kind(folder).put("a/b", io.BytesIO(b"x")))
    assert words == (
        f"{folder / 'a/b'} cannot be written: Permission denied. Make the data folder writable for this user."
    )


@each_store
def test_a_file_that_cannot_be_read_or_deleted_is_told_in_a_sentence(kind: type[DiskStore]) -> None:
    with locked_folder() as folder:
        store = kind(folder)
        store.put("key", io.BytesIO(b"x"))  # only its owner may read it
        assert words_of(lambda: store.open("key")) == f"{folder / 'key'} cannot be read: Permission denied."
        assert "cannot be written: Permission denied" in words_of(lambda: store.delete("key"))


def test_what_a_killed_writer_left_behind_goes_after_an_hour_and_nothing_else_does(store: DiskStore) -> None:
    store.put("a/whole", io.BytesIO(b"1"))
    old, fresh = store.folder / "a" / ".old.part", store.folder / "a" / ".fresh.part"
    for part in (old, fresh):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    os.utime(store.folder / "a" / "whole", (0, 0))
    assert store.tidy() == 1
    assert files(store) == ["a/.fresh.part", "a/whole"]
    assert store.tidy() == 0


@each_store
def test_a_store_that_was_never_written_to_is_tidy_and_empty(kind: type[DiskStore], tmp_path: Path) -> None:
    assert kind(tmp_path / "nowhere").tidy() == 0
    assert list(kind(tmp_path / "nowhere").keys("a")) == []


def test_keys_are_those_below_a_folder_in_order(store: DiskStore) -> None:
    for key in ("a/c", "a/b/d", "ab/c", "b"):
        store.put(key, io.BytesIO(b"1"))
    (store.folder / "a" / ".half.part").write_bytes(b"half")
    assert list(store.keys("a")) == ["a/b/d", "a/c"]
    assert list(store.keys("a/b")) == ["a/b/d"]
    assert list(store.keys("nowhere")) == []


def test_what_was_left_half_written_is_scrapped_however_fresh_and_the_empty_folders_with_it(
    store: DiskStore,
) -> None:
    store.put("a/b/c", io.BytesIO(b"1"))
    for folder in ("a/b", "a/torn"):
        (store.folder / folder).mkdir(exist_ok=True)
        (store.folder / folder / ".x.part").write_bytes(b"half")
    assert store.scrap("a") == 2
    assert files(store) == ["a/b/c"]
    assert not (store.folder / "a/torn").exists()
    store.delete("a/b/c")
    assert store.scrap("a") == 0
    assert not (store.folder / "a").exists()
    assert store.scrap("a") == 0


def test_folders_are_named_in_order_and_those_that_became_empty_are_gone(store: DiskStore) -> None:
    for key in ("b/one/x", "a/y", "b/two/z"):
        store.put(key, io.BytesIO(b"1"))
    assert (store.folders(""), store.folders("b"), store.folders("none"), store.folders("a/y")) == (
        ["a", "b"], ["one", "two"], [], [],
    )  # fmt: skip
    store.delete("b/one/x")
    assert store.folders("b") == ["two"]
    store.delete("b/two/z")
    assert store.folders("") == ["a"]
    assert store.folder.is_dir()


def test_writing_and_deleting_in_one_folder_at_once_loses_nothing(store: DiskStore) -> None:
    """A folder that becomes empty is pruned just while somebody else begins to write in it."""
    start, faults = Barrier(4), list[BaseException]()

    def churn(name: str) -> None:
        start.wait()
        try:
            for _ in range(150):
                store.put(f"shared/folder/{name}", io.BytesIO(name.encode()))
                assert content(store, f"shared/folder/{name}") == name.encode()
                list(store.keys("shared"))
                store.delete(f"shared/folder/{name}")
        except BaseException as fault:
            faults.append(fault)

    threads = [Thread(target=churn, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert store.folders("") == []
