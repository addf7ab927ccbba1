"""`loupe erase`: asks first, erases, proves it; and Loupe says of the picture that it was erased."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loupe import checking, factory
from loupe.ground import Ground
from pipeline.retry import IMPATIENT
from tests.cli import keeping
from tests.cli.running import loupe
from tests.flow.driving import eventually

ERASE = (sys.executable, "-m", "loupe", "erase")


def data(base: Ground) -> tuple[str, Path]:
    return "--data", base.settings.data


def says(base: Ground, word: str) -> list[str]:
    """Files below the data folder whose name or bytes have the word."""
    folder = base.settings.data
    return [n for n in keeping.stored(folder) if word in n or word.encode() in (folder / n).read_bytes()]


def test_it_tells_what_was_removed_and_that_nothing_is_left(base: Ground) -> None:
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    sha256 = base.catalog.report(image)["sha256"]
    done = loupe("erase", one, "--yes", *data(base))
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == f"{one}:"
    assert "original in the store 1" in lines[1]
    assert "results 16" in lines[2]
    assert lines[-1] == "  Looked everywhere anew: nothing is left."
    assert says(base, "one-of-a-kind") == says(base, sha256) == []
    assert base.catalog.report(keeping.image(base, "two"))["state"] == "done"


def test_afterwards_loupe_says_that_it_was_erased(base: Ground) -> None:
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    loupe("erase", one, "--yes", *data(base))
    assert loupe("status", one, *data(base)).stdout.startswith(f"{one} was erased on ")
    told = json.loads(loupe("status", image, "--json", *data(base)).stdout)
    assert (told["id"], told["short"], told["state"]) == (image, one, "erased")
    assert told["erased_at"].endswith("+00:00")
    for command in ("archive", "restore"):
        refused = loupe(command, one, *data(base))
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"{one} was erased on " in refused.stderr


def test_erasing_again_looks_again(base: Ground) -> None:
    one = keeping.short(base, "one")
    loupe("erase", one, "--yes", *data(base))
    again = loupe("erase", one, "--yes", *data(base))
    assert again.exit_code == 0
    assert again.stdout.startswith(f"{one} was erased on ")
    assert "Removed: no files" in again.stdout
    assert again.stdout.endswith("nothing is left.\n")


def test_an_unknown_id_stops_it_before_anything_is_erased(base: Ground) -> None:
    told = loupe("erase", keeping.short(base, "one"), "IMG-NONE", "--yes", *data(base))
    assert (told.exit_code, told.stdout) == (2, "")
    assert says(base, "one-of-a-kind") != []


def test_without_a_terminal_it_wants_to_hear_yes(base: Ground) -> None:
    told = loupe("erase", keeping.short(base, "one"), *data(base))
    assert told.exit_code == 2
    assert "Say --yes" in told.stderr
    assert says(base, "one-of-a-kind") != []


@pytest.mark.parametrize(("answer", "left"), [("n\n", True), ("\n", True), ("y\n", False)])
def test_on_a_terminal_it_asks_first(base: Ground, answer: str, left: bool) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    command = [*ERASE, keeping.short(base, "one"), *map(str, data(base))]
    told = subprocess.run(
        command,
        stdin=theirs,
        capture_output=True,
        text=True,
        env=keeping.CLEAN,
        cwd=Path(__file__).parents[2],
    )
    os.close(ours)
    os.close(theirs)
    assert "Nobody can bring them back." in told.stdout + told.stderr
    assert (told.returncode == 1) is left
    assert (says(base, "one-of-a-kind") != []) is left


def test_a_twin_keeps_the_original_and_loses_the_mention(base: Ground, tmp_path: Path) -> None:
    (twin,) = keeping.checked(base.settings.data, keeping.drawing(tmp_path / "twin.png", 0))
    assert base.catalog.report(twin)["duplicate_of"]["short"] == keeping.short(base, "one")
    done = loupe("erase", keeping.short(base, "one"), "--yes", *data(base))
    assert done.exit_code == 0
    assert "The original stays, because another picture has the very same bytes." in done.stdout
    assert "Pictures that mentioned it and do so no more: 1" in done.stdout
    report = base.catalog.report(twin)
    assert (report["duplicate_of"], report["state"]) == (None, "done")
    assert says(base, "one-of-a-kind") == []


def test_an_archived_one_is_erased_from_the_archive_too(base: Ground) -> None:
    one = keeping.short(base, "one")
    loupe("archive", one, *data(base))
    done = loupe("erase", one, "--yes", *data(base))
    assert "copy in the archive 1" in done.stdout
    assert keeping.stored(base.archive.folder) == []


def test_what_cannot_be_removed_is_told_and_the_clock_ends_it(base: Ground) -> None:
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    base.engine().replay(image, "detect_faces")
    base.engine().turn("hangs", lease=3600)
    told = loupe("erase", one, "--yes", "--wait", "0.2", *data(base))
    assert told.exit_code == 1
    assert "LEFT: runs that have not ended 1. The clock goes on" in told.stdout
    assert "is being erased since" in loupe("status", one, *data(base)).stdout
    base.ledger.release("hangs")
    assert loupe("erase", one, "--yes", *data(base)).exit_code == 0


def test_erasing_amid_working_processes_leaves_nothing_and_hurts_no_other(
    base: Ground, tmp_path: Path
) -> None:
    files = [keeping.drawing(tmp_path / f"file-number-{n}.png", 10 + n // 2) for n in range(8)]
    images = checking.enter(base.engine(), files)
    with checking.workers(base.engine(IMPATIENT), factory.passing(base.settings, (), IMPATIENT), 2):
        for n in (0, 3, 5, 6):
            eventually(lambda n=n: len(base.ledger.rows(images[n])) > n)  # type: ignore[misc]
            done = loupe("erase", images[n], "--yes", "--wait", "60", *data(base))
            assert done.exit_code == 0, done.output
        eventually(lambda: all(checking.settled(base, image) for image in images))
    for n, image in enumerate(images):
        if n in (0, 3, 5, 6):
            assert says(base, f"file-number-{n}") == []
            assert not (base.public.folder / image).exists()
        else:
            report = base.catalog.report(image)
            assert (report["state"], report["duplicate_of"]) in (
                ("done", None),
                ("done", report["duplicate_of"]),
            )
            assert len(list(base.public.keys(image))) == len(report["renditions"]) > 0
    assert base.database.read("SELECT * FROM tasks") == []


def test_an_erasure_whose_process_was_killed_is_ended_by_the_next(base: Ground) -> None:
    one = keeping.short(base, "one")
    command = [*ERASE, one, "--yes", *map(str, data(base))]
    process = subprocess.Popen(command, env=keeping.CLEAN, cwd=Path(__file__).parents[2])
    eventually(lambda: base.database.read("SELECT 1 FROM tombstones") or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert loupe("erase", one, "--yes", *data(base)).exit_code == 0
    assert says(base, "one-of-a-kind") == []
