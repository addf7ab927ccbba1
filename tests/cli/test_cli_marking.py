"""`loupe mark` and `loupe find-mark`: the invisible watermark for files on this machine."""

import json
import stat
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from loupe import marking
from loupe.cli import main
from loupe.keys import KEY_BYTES
from loupe.settings import load
from pipeline.errors import Misconfigured, Rejected, Unavailable

PHOTO = Path(__file__).parents[1] / "data" / "exif-py--DSCN0010.jpg"


def loupe(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def found(*words: str | Path) -> list[dict[str, object]]:
    answer = loupe("find-mark", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".avif"])
def test_a_marked_file_of_every_format_gives_its_number_back(tmp_path: Path, ending: str) -> None:
    marked = tmp_path / f"marked{ending}"
    answer = loupe("mark", PHOTO, marked, "--payload", "7F3A", "--data", tmp_path)
    assert answer.exit_code == 0, answer.output
    assert "number 0000000000007f3a" in answer.output
    assert found(marked, "--data", tmp_path)[0]["payload"] == "0000000000007f3a"


def test_without_a_number_a_random_one_is_used(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        assert loupe("mark", PHOTO, tmp_path / name, "--data", tmp_path).exit_code == 0
    first, second = found(tmp_path / "a.png", tmp_path / "b.png", "--data", tmp_path)
    assert first["payload"] != second["payload"]


def test_an_unmarked_picture_carries_no_mark(tmp_path: Path) -> None:
    answer = loupe("find-mark", PHOTO, "--data", tmp_path)
    assert "no mark of this Loupe" in answer.output
    assert found(PHOTO, "--data", tmp_path)[0]["found"] is False


def test_another_key_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marked = tmp_path / "marked.png"
    monkeypatch.setenv("LOUPE_WATERMARK_KEY", "one secret")
    loupe("mark", PHOTO, marked, "--data", tmp_path)
    assert found(marked, "--data", tmp_path)[0]["found"] is True
    monkeypatch.setenv("LOUPE_WATERMARK_KEY", "another secret")
    assert found(marked, "--data", tmp_path)[0]["found"] is False


def test_what_is_no_picture_is_told_and_the_next_file_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    refused, looked_at = found(tmp_path / "notes.txt", PHOTO, "--data", tmp_path)
    assert "cannot be read as a picture" in str(refused["error"])
    assert looked_at["name"] == PHOTO.name


@pytest.mark.parametrize("payload", ["xyz", "-1", "1" * 17, ""])
def test_a_number_that_does_not_fit_is_wrong_usage(tmp_path: Path, payload: str) -> None:
    answer = loupe("mark", PHOTO, tmp_path / "a.png", f"--payload={payload}", "--data", tmp_path)
    assert answer.exit_code == 2
    assert "at most 16 hexadecimal digits" in answer.output


def test_an_ending_that_names_no_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"a\.gif: the ending must be one of \.jpg"):
        marking.mark(PHOTO, tmp_path / "a.gif", 1, load(data=tmp_path))
    assert not (tmp_path / "a.gif").exists()


def test_the_original_is_never_overwritten(tmp_path: Path) -> None:
    original = tmp_path / "photo.jpg"
    original.write_bytes(PHOTO.read_bytes())
    (tmp_path / "link.jpg").symlink_to(original)
    for target in ("photo.jpg", "link.jpg"):
        with pytest.raises(Misconfigured, match="is the original itself"):
            marking.mark(original, tmp_path / target, 1, load(data=tmp_path))
    assert original.read_bytes() == PHOTO.read_bytes()


def test_the_source_must_be_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(Rejected):
        marking.mark(tmp_path / "a.jpg", tmp_path / "b.jpg", 1, load(data=tmp_path))


def test_the_key_is_made_once_for_this_user_alone_and_kept(tmp_path: Path) -> None:
    config = load(data=tmp_path / "data")
    first = marking.key(config)
    assert len(first) == 2 * KEY_BYTES
    assert marking.key(config) == first
    assert stat.S_IMODE((tmp_path / "data" / "watermark.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["watermark.key"]


def test_all_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    config, keys = load(data=tmp_path), []
    threads = [Thread(target=lambda: keys.append(marking.key(config))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1


def test_a_key_that_cannot_be_kept_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match=r"watermark's key cannot be kept at .*watermark\.key"):
        marking.key(load(data=tmp_path / "data"))


def test_the_key_shows_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_WATERMARK_KEY", "very secret")
    assert "very secret" not in repr(load())
