"""Taking in: one image for every file, whatever happens; a report beside it; nothing left in the box."""

import logging
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from loupe import dropping
from loupe.places import places
from pipeline.adapters.disk_box import Draft
from pipeline.adapters.folder_drop import FolderDrop
from pipeline.dropping import empty, tidy
from pipeline.erasing import erase
from pipeline.errors import Misconfigured, Rejected, Unavailable
from pipeline.ports import Incoming
from pipeline.results import Accepted
from tests.drop.places import Home, aged, picture, until

ACCEPTED = Accepted("ab" * 32, "originals/x", "PNG", 24, 16, 100)


def names(home: Home) -> list[str]:
    return sorted(each.source.name for each in home.images())


def test_what_lies_there_becomes_an_image_once(home: Home) -> None:
    picture(home.folder / "a.png", 1)
    picture(home.folder / "b/c.png", 2)
    watcher = home.watcher()
    assert watcher.look() == 2
    assert watcher.look() == 0
    assert home.watcher().look() == 0
    assert names(home) == ["a.png", "c.png"]
    assert {each.source.kind for each in home.images()} == {"folder"}
    assert len(home.boxed()) == 2


def test_the_same_bytes_under_two_names_are_two_images(home: Home) -> None:
    for name in ("a.png", "b.png"):
        picture(home.folder / name, 1)
    assert home.watcher().look() == 2


def test_a_file_that_is_touched_is_the_same_image_and_one_that_changes_is_another(home: Home) -> None:
    path = picture(home.folder / "a.png", 1)
    home.watcher().look()
    os.utime(path, (1_000_000, 1_000_000))
    assert home.watcher().look() == 0
    picture(path, 2)
    assert home.watcher().look() == 1
    assert len(home.images()) == 2


def test_a_file_that_was_removed_is_left_alone(home: Home) -> None:
    path = picture(home.folder / "a.png")
    watcher = home.watcher()
    watcher.look()
    path.unlink()
    watcher.look()
    home.settle(home.images()[0].image)
    assert watcher.tell() == 1
    assert os.listdir(home.folder) == []


def test_later_changes_of_a_file_do_no_harm_to_what_was_taken_in(home: Home) -> None:
    path = picture(home.folder / "a.png", 1)
    before = path.read_bytes()
    home.watcher().look()
    path.write_bytes(b"no picture any more")
    (box,) = home.boxed()
    assert (home.data / "dropped" / box).read_bytes() == before


def test_a_report_is_put_beside_the_file_and_renewed(home: Home) -> None:
    picture(home.folder / "a.png")
    watcher = home.watcher()
    watcher.look()
    assert watcher.tell() == 0
    image = home.images()[0].image
    home.reject(image)
    assert watcher.tell() == 1
    assert (home.report("a.png")["id"], home.report("a.png")["state"]) == (image, "rejected")
    home.base.engine().replay(image, "accept_image")
    home.settle(image, ACCEPTED)
    assert watcher.tell() == 1
    assert home.report("a.png")["sha256"] == ACCEPTED.sha256
    assert watcher.look() == 0, "a report is no picture"


def test_an_erased_picture_loses_its_report_and_does_not_come_back(home: Home) -> None:
    path = picture(home.folder / "a.png")
    watcher = home.watcher()
    watcher.look()
    image = home.images()[0].image
    home.settle(image)
    watcher.tell()
    assert erase(places(home.base), image, 5).left == {}
    assert watcher.tell() == 1
    assert os.listdir(home.folder) == ["a.png"]
    aged(path)
    assert watcher.look() == 0
    assert home.images() == []
    empty(home.drops, dropping.box(home.base))
    assert home.boxed() == []


def test_an_erasure_takes_the_bytes_out_of_the_box_itself(home: Home) -> None:
    picture(home.folder / "a.png")
    home.watcher().look()
    gone = erase(places(home.base), home.images()[0].image, 5)
    assert (gone.left, home.boxed()) == ({}, [])
    assert gone.files["uploads"] == 1


def test_an_erased_picture_that_is_touched_stays_erased(home: Home) -> None:
    path = picture(home.folder / "a.png")
    watcher = home.watcher()
    watcher.look()
    image = home.images()[0].image
    home.settle(image)
    erase(places(home.base), image, 5)
    os.utime(path, (1_000_000, 1_000_000))
    assert watcher.look() == 0
    empty(home.drops, dropping.box(home.base))
    assert (home.images(), home.boxed()) == ([], [])


def test_the_box_is_emptied_of_what_was_accepted_and_of_nothing_else(home: Home) -> None:
    for number in range(2):
        picture(home.folder / f"{number}.png", number)
    home.watcher().look()
    home.settle(home.images()[0].image, ACCEPTED)
    box = dropping.box(home.base)
    assert empty(home.drops, box) == 1
    assert empty(home.drops, box) == 0
    assert len(home.boxed()) == 1


def test_what_was_left_in_the_box_goes_after_a_while_and_nothing_else(home: Home) -> None:
    picture(home.folder / "a.png")
    home.watcher().look()
    box = dropping.box(home.base)
    (mine,) = home.boxed()
    for name in ("f" * 32, ".half.part", mine):
        (home.data / "dropped" / name).write_bytes(b"x")
        aged(home.data / "dropped" / name)
    (home.data / "dropped" / ("e" * 32)).write_bytes(b"just now")
    assert tidy(home.drops, box) == 2
    assert home.boxed() == sorted(["e" * 32, mine])


def test_a_file_that_is_far_too_large_is_refused_in_words_and_not_copied(tmp_path: Path) -> None:
    home = Home(tmp_path / "small", {"max_bytes": 50})
    path = picture(home.folder / "a.png")
    watcher = home.watcher()
    assert watcher.look() == 1
    assert home.boxed() == []
    from loupe.wiring import ports

    incoming = ports(home.base)[Incoming]
    assert isinstance(incoming, object)
    with pytest.raises(Rejected, match="Please send a smaller copy"):
        incoming.open(home.images()[0].source, 50)  # type: ignore[attr-defined]
    aged(path)
    assert watcher.look() == 0


def test_two_who_look_at_once_make_one_image_of_each_file(home: Home) -> None:
    for number in range(60):
        picture(home.folder / f"{number}.png", number)
    both = [threading.Thread(target=home.watcher().look) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(home.images()) == 60
    assert home.watcher().look() == 0


class Killed(BaseException):
    """As kill -9 does: nobody catches it."""


STEPS = ["begin", "fetch", "keep", "enter", "remember"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_whoever_dies_at_a_step_has_the_next_one_make_one_image(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    picture(home.folder / "a.png")
    watcher = home.watcher()
    places_of = {
        "begin": (type(watcher.inbox), "begin"), "fetch": (FolderDrop, "fetch"), "keep": (Draft, "keep"),
        "enter": (type(watcher.engine), "enter"), "remember": (type(home.drops), "remember"),
    }  # fmt: skip
    owner, name = places_of[step]
    real = getattr(owner, name)

    def dies(*given: Any) -> Any:
        if after:
            real(*given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, dies)
        with pytest.raises(Killed):
            watcher.look()
    home.watcher().look()
    assert names(home) == ["a.png"]
    assert home.watcher().look() == 0
    assert len([each for each in home.boxed() if not each.startswith(".")]) == 1
    home.settle(home.images()[0].image, ACCEPTED)
    assert home.watcher().tell() == 1
    assert home.report("a.png")["state"] == "done"


def test_a_file_that_cannot_be_read_is_said_once_and_keeps_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = FolderDrop._open

    def refuse(drop: FolderDrop, path: str) -> int:
        if path == "a.png":
            raise PermissionError(13, "Permission denied")
        return real(drop, path)

    for name in ("a.png", "b.png"):
        picture(home.folder / name)
    monkeypatch.setattr(FolderDrop, "_open", refuse)
    watcher = home.watcher()
    for _ in range(3):
        watcher.look()
    assert names(home) == ["b.png"]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        f"drop: {home.folder}/a.png cannot be read: Permission denied."
    ]


def test_a_folder_that_takes_no_reports_is_said_once_and_pictures_come_in_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, text: bytes) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pipeline.adapters.folder_drop._write", refuse)
    for number in range(3):
        picture(home.folder / f"{number}.png", number)
    watcher = home.watcher()
    watcher.look()
    for each in home.images():
        home.settle(each.image)
    for _ in range(3):
        assert watcher.tell() == 0
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert "Read-only file system" in said[0]


def test_what_goes_wrong_with_one_file_in_a_way_nobody_thought_of_keeps_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = FolderDrop._open

    def breaks(drop: FolderDrop, path: str) -> int:
        if path == "a.png":
            raise ZeroDivisionError("oh")
        return real(drop, path)

    for name in ("a.png", "b.png"):
        picture(home.folder / name)
    monkeypatch.setattr(FolderDrop, "_open", breaks)
    home.watcher().look()
    assert names(home) == ["b.png"]
    assert "'a.png' cannot be taken in: ZeroDivisionError: oh" in caplog.text


def test_a_report_that_cannot_be_written_keeps_no_other(home: Home) -> None:
    for name in ("a.png", "b.png"):
        picture(home.folder / name)
    (home.folder / "a.png.report.json").write_text("my own")
    watcher = home.watcher()
    watcher.look()
    for each in home.images():
        home.settle(each.image)
    assert watcher.tell() == 1
    assert home.report("b.png")["state"] == "done"
    assert (home.folder / "a.png.report.json").read_text() == "my own"


def test_a_full_disk_stops_the_looking_and_it_goes_on_afterwards(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(draft: Draft, chunk: memoryview) -> None:
        raise Unavailable("The disk is full.")

    picture(home.folder / "a.png")
    with monkeypatch.context() as patched:
        patched.setattr(Draft, "write", full)
        with pytest.raises(Unavailable, match="full"):
            home.watcher().look()
    assert home.watcher().look() == 1


def test_a_place_that_comes_later_is_taken_up(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    home.folder.rmdir()
    stop, watcher = threading.Event(), home.watcher()
    thread = threading.Thread(target=watcher.run, args=(stop,))
    thread.start()
    try:
        until(lambda: "No such file" in caplog.text)
        picture(home.folder / "a.png")
        until(home.images)
        until(lambda: "can be looked at again" in caplog.text)
    finally:
        stop.set()
        thread.join()
    assert caplog.text.count("No such file") == 1


@pytest.mark.parametrize("named", ["", "store", "dropped", "drop/../public"])
def test_loupes_own_folders_are_no_drops(home: Home, named: str) -> None:
    settings = home.base.settings.model_copy(update={"drop": (str(home.data / named),)})
    with pytest.raises(Misconfigured, match="keeps its own files"):
        dropping.places(settings)


def test_drops_are_what_the_setting_names(home: Home, tmp_path: Path) -> None:
    def addresses(*named: str) -> list[str]:
        return [
            each.address for each in dropping.places(home.base.settings.model_copy(update={"drop": named}))
        ]

    assert addresses() == [str(home.folder)]
    assert addresses("off") == []
    assert addresses(str(tmp_path / "x"), "s3://bucket/a/b/") == [str(tmp_path / "x"), "s3://bucket/a/b"]
