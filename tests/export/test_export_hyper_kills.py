"""An export to an extract that is killed: the extract of before stands, and Tableau's server has ended."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from bench.running import environment
from tests.contract.trouble import locked_folder
from tests.export.reading_back import HYPER, from_hyper, need_hyper
from tests.export.registry import Registry

TRIES = 8
SECONDS = 30


@pytest.fixture(autouse=True)
def _needed() -> None:
    need_hyper()


def started(data: Path, to: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "loupe", "export", "--full", "--format", "hyper"]
    place = environment({"PYTHONPATH": str(HYPER)})
    return subprocess.Popen(
        [*command, "--data", str(data), "--to", str(to)], env=place, stdout=subprocess.DEVNULL
    )


def server_of(process: subprocess.Popen[bytes]) -> psutil.Process | None:
    """Tableau's server, as soon as it has been started; None where the export ended before that was seen."""
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(process.pid).children():
                if child.name().startswith("hyperd"):
                    return child
    return None


def test_killed_while_the_extract_is_made_it_leaves_the_one_of_before(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "data")
    registry.image()
    assert started(tmp_path / "data", tmp_path / "to").wait(SECONDS) == 0
    before = (tmp_path / "to" / "loupe.hyper").read_bytes()
    registry.image()
    for _ in range(TRIES):
        process = started(tmp_path / "data", tmp_path / "to")
        server = server_of(process)
        process.kill()
        if process.wait(SECONDS) != 0 and server:
            break
    assert server is not None
    server.wait(SECONDS)
    assert (tmp_path / "to" / "loupe.hyper").read_bytes() == before
    assert started(tmp_path / "data", tmp_path / "to").wait(SECONDS) == 0
    assert len(from_hyper(tmp_path / "to" / "loupe.hyper")["images"]) == 2


def test_no_log_is_left_in_the_working_directory_or_beside_the_extract(tmp_path: Path) -> None:
    Registry(tmp_path / "data").image()
    before = set(os.listdir("."))
    assert started(tmp_path / "data", tmp_path / "to").wait(SECONDS) == 0
    assert set(os.listdir(".")) == before
    assert not [path for path in tmp_path.rglob("*") if "log" in path.suffix]


def test_it_can_be_made_where_the_working_directory_cannot_be_written_to(tmp_path: Path) -> None:
    Registry(tmp_path / "data").image()
    with locked_folder() as nowhere:
        nowhere.chmod(0o555)
        command = [sys.executable, "-m", "loupe", "export", "--format", "hyper"]
        done = subprocess.run(
            [*command, "--data", str(tmp_path / "data"), "--to", str(tmp_path / "to")],
            env=environment({"PYTHONPATH": str(HYPER)}), cwd=nowhere, capture_output=True, timeout=SECONDS,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")
        assert os.listdir(nowhere) == []
