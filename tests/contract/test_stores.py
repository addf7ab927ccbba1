"""What a store promises: kept in a folder and in a bucket, by the store and by the archive."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest

from pipeline.errors import Unavailable, Unknown
from tests.contract.storing import IN_A_BUCKET, ON_DISK, AnyStore, Shelf, Torn, in_a_bucket, on_disk

ORIGINAL = "originals/ab/cd/" + "abcd" * 16
LARGE = 17_000_001
"""More than a bucket is sent at once."""


@pytest.fixture(params=[*ON_DISK, *IN_A_BUCKET])
def shelf(tmp_path: Path, request: pytest.FixtureRequest) -> Shelf:
    if request.param in ON_DISK:
        return on_disk(request.param, tmp_path / "store")
    return in_a_bucket(request.param, request.getfixturevalue("amazon"))


@pytest.fixture
def store(shelf: Shelf) -> AnyStore:
    return shelf.store


def content(store: AnyStore, key: str) -> bytes:
    with store.open(key) as stream:
        return stream.read()


def test_what_was_put_can_be_read(store: AnyStore) -> None:
    store.put("originals/ab/cd.jpg", io.BytesIO(b"picture"))
    assert content(store, "originals/ab/cd.jpg") == b"picture"


@pytest.mark.parametrize("key", ["some/key", ORIGINAL])
def test_large_and_empty_things_are_kept_whole(store: AnyStore, key: str) -> None:
    large = os.urandom(LARGE)
    store.put(key, io.BytesIO(large))
    store.put("empty", io.BytesIO())
    assert content(store, key) == large
    assert content(store, "empty") == b""


def test_a_reader_may_go_back_and_take_its_time(store: AnyStore) -> None:
    data = os.urandom(2_500_000)
    store.put("a/b", io.BytesIO(data))
    with store.open("a/b") as stream:
        assert stream.seekable()
        assert stream.read(4) == data[:4]
        stream.seek(2)
        assert (stream.read(3), stream.tell()) == (data[2:5], 5)
        stream.seek(0)
        assert b"".join(iter(lambda: stream.read(65_537), b"")) == data


@pytest.mark.parametrize("key", ["a/b", ORIGINAL])
def test_the_same_key_again_is_harmless(shelf: Shelf, key: str) -> None:
    shelf.store.put(key, io.BytesIO(b"picture"))
    with shelf.store.open(key) as reading:
        shelf.store.put(key, io.BytesIO(b"picture"))
        assert reading.read() == b"picture"
    assert shelf.lying() == [key]


def test_what_is_put_again_under_a_plain_key_takes_the_others_place(shelf: Shelf) -> None:
    for body in (b"first", b"second"):
        shelf.store.put("a/b", io.BytesIO(body))
        assert content(shelf.store, "a/b") == body
    assert shelf.lying() == ["a/b"]


def test_many_at_once_leave_one_whole_thing(shelf: Shelf) -> None:
    start, bodies = Barrier(4), [bytes([n]) * 500_000 for n in range(4)]

    def put(body: bytes) -> None:
        start.wait()
        shelf.store.put("a/new/folder/key", io.BytesIO(body))

    threads = [Thread(target=put, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(shelf.store, "a/new/folder/key") in bodies
    assert shelf.lying() == ["a/new/folder/key"]


@pytest.mark.parametrize("size", [4, LARGE])
@pytest.mark.parametrize("fault", [ValueError("torn"), KeyboardInterrupt(), OSError(errno.EIO, "torn")])
def test_what_breaks_off_leaves_nothing_behind(shelf: Shelf, fault: BaseException, size: int) -> None:
    shelf.store.put("a/b", io.BytesIO(b"whole"))
    for key in ("a/b", "a/c"):
        with pytest.raises((type(fault), Unavailable)):
            shelf.store.put(key, Torn(fault, size))  # type: ignore[arg-type]
    assert shelf.lying() == ["a/b"]
    assert content(shelf.store, "a/b") == b"whole"


def test_what_is_deleted_is_gone_and_deleting_it_again_is_harmless(shelf: Shelf) -> None:
    shelf.store.put("a/b", io.BytesIO(b"picture"))
    for _ in range(2):
        shelf.store.delete("a/b")
    shelf.store.delete("never/there")
    assert shelf.lying() == []


@pytest.mark.parametrize("key", ["missing", "a/missing", "a/b/below", "a"])
def test_what_is_not_there_is_unknown(store: AnyStore, key: str) -> None:
    store.put("a/b", io.BytesIO(b"picture"))
    with pytest.raises(Unknown, match=f"{store.called} has nothing under '{key}'"):
        store.open(key)


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".h", "a/.b", "A", "a b", "a\n", "a\\b", "ä", "~",
     "a\0"],
)  # fmt: skip
def test_a_key_that_loupe_would_not_make_is_refused(shelf: Shelf, key: str) -> None:
    store = shelf.store
    for act in (
        lambda: store.put(key, io.BytesIO(b"x")), lambda: store.open(key), lambda: store.delete(key),
        lambda: list(store.keys(key)), lambda: store.scrap(key),
    ):  # fmt: skip
        with pytest.raises(Unknown, match=f"is not a key of the {store.called}"):
            act()
    assert shelf.lying() == []


def test_keys_are_those_below_a_folder_in_order(store: AnyStore) -> None:
    for key in ("a/c", "a/b/d", "ab/c", "b"):
        store.put(key, io.BytesIO(b"1"))
    assert list(store.keys("a")) == ["a/b/d", "a/c"]
    assert list(store.keys("a/b")) == ["a/b/d"]
    assert list(store.keys("nowhere")) == []
    assert list(store.keys("b")) == []


def test_folders_are_named_in_order(store: AnyStore) -> None:
    """What becomes of empty ones is tested elsewhere: SeaweedFS takes a while to forget them."""
    for key in ("b/one/x", "a/y", "b/two/z", "c"):
        store.put(key, io.BytesIO(b"1"))
    found = (store.folders(""), store.folders("b"), store.folders("none"), store.folders("a/y"))
    assert found == (["a", "b"], ["one", "two"], [], [])


def test_where_nothing_is_half_written_nothing_is_tidied_or_scrapped(shelf: Shelf) -> None:
    assert (shelf.store.tidy(), shelf.store.scrap("a")) == (0, 0)
    shelf.store.put("a/b", io.BytesIO(b"1"))
    assert (shelf.store.tidy(), shelf.store.scrap("a")) == (0, 0)
    assert shelf.lying() == ["a/b"]


def test_writing_and_deleting_in_one_folder_at_once_loses_nothing(shelf: Shelf) -> None:
    """A folder that becomes empty is pruned just while somebody else begins to write in it."""
    store, start, faults = shelf.store, Barrier(4), list[BaseException]()

    def churn(name: str) -> None:
        start.wait()
        try:
            for _ in range(150 if hasattr(store, "folder") else 15):
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
    assert shelf.lying() == []
