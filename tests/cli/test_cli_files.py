"""Which files `loupe check` takes, and how their bytes are brought."""

from pathlib import Path

import pytest

from loupe.checking import files, source
from pipeline.adapters.incoming import FileIncoming, IncomingBySource
from pipeline.errors import Misconfigured, Rejected
from pipeline.model import Source


def named(path: Path) -> Source:
    return source(path)


def test_a_folder_is_walked_in_name_order_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.jpg", ".hidden.jpg", "sub/c.jpg", ".git/d.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [str(p.relative_to(tmp_path)) for p in files([tmp_path])] == ["a.jpg", "b.jpg", "sub/c.jpg"]


def test_files_keep_the_order_in_which_they_were_named(tmp_path: Path) -> None:
    paths = [tmp_path / "z.jpg", tmp_path / "a.jpg"]
    for path in paths:
        path.write_bytes(b"")
    assert files(paths) == paths


def test_a_hidden_file_that_is_named_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".secret.jpg").write_bytes(b"")
    assert files([tmp_path / ".secret.jpg"]) == [tmp_path / ".secret.jpg"]


def test_the_bytes_of_a_file_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    with FileIncoming().open(named(tmp_path / "a"), limit=5) as stream:
        assert stream.read() == b"12345"


def test_a_file_above_the_limit_is_refused_with_both_numbers(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123456")
    with pytest.raises(Rejected, match=r"a has 6 bytes; the limit is 5 \(LOUPE_MAX_BYTES\)"):
        FileIncoming().open(named(tmp_path / "a"), limit=5)


def test_a_file_that_vanished_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"gone\.jpg cannot be read: No such file"):
        FileIncoming().open(named(tmp_path / "gone.jpg"), limit=5)


def test_each_source_is_asked_by_its_kind(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    incoming = IncomingBySource({"file": FileIncoming()})
    with incoming.open(named(tmp_path / "a"), limit=5) as stream:
        assert stream.read() == b"1"


def test_a_source_that_is_not_connected_is_told_by_its_name() -> None:
    with pytest.raises(Misconfigured, match="came from 'slack', which is not connected here"):
        IncomingBySource({}).open(Source(kind="slack", name="a.jpg", locator="F1"), limit=5)


@pytest.mark.parametrize("name", ["caf\udce9.jpg", "a b?#%20.jpg", "ünïcode 😀.jpg", "line\nbreak.jpg"])
def test_a_file_of_any_name_is_found_again_and_its_name_can_be_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"1")
    found = source(tmp_path / name)
    found.name.encode()
    found.locator.encode()
    with FileIncoming().open(found, limit=5) as stream:
        assert stream.read() == b"1"
