"""What the stores in folders promise beyond the others: trouble with the disk is told, folders stay tidy."""

import errno
import io
import os
from pathlib import Path

import pytest

from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.errors import Unavailable, Unknown
from tests.contract.storing import Torn
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


def test_a_key_that_loupe_would_not_make_makes_no_folder(store: DiskStore) -> None:
    with pytest.raises(Unknown):
        store.put("../up", io.BytesIO(b"x"))
    assert not store.folder.exists()


def test_folders_that_became_empty_are_gone(store: DiskStore) -> None:
    for key in ("b/one/x", "a/y", "b/two/z"):
        store.put(key, io.BytesIO(b"1"))
    store.delete("b/one/x")
    assert store.folders("b") == ["two"]
    store.delete("b/two/z")
    assert store.folders("") == ["a"]
    store.delete("a/y")
    assert list(store.folder.iterdir()) == []


def test_keys_are_of_whole_files_alone(store: DiskStore) -> None:
    store.put("a/c", io.BytesIO(b"1"))
    (store.folder / "a" / ".half.part").write_bytes(b"half")
    assert list(store.keys("a")) == ["a/c"]
