"""`loupe check` and the commands that look at what it left, each as a person runs them."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.running import LOUPE, environment, lives, until
from pipeline.chain import discover
from pipeline.flow import flow
from tests.whole.house import PHOTOS, called, drawing, loupe, photo, watching
from tests.whole.test_whole_hostile import FILES

pytestmark = [pytest.mark.xdist_group("whole-check"), pytest.mark.timeout(300)]
LARGE = 1_000_000
"""Bytes of a photo that takes seconds and shows nothing more."""
KEYS = {
    *("id", "source", "state", "reason", "entered_at", "sha256", "format", "width", "height", "bytes"),
    *("taken_at", "camera", "orientation", "location", "place", "map_links", "contains_nudity"),
    *("contains_nudity_confidence", "nudity_score", "faces", "watermark", "renditions", "bytes_before"),
    *("bytes_after", "html", "actors"),
}


def reports(said: str) -> list[dict[str, Any]]:
    """One object a line, and nothing else on that side."""
    return [json.loads(line) for line in said.splitlines()]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder with photos of the tests, and what came of checking them."""
    folder = tmp_path_factory.mktemp("check")
    photos = folder / "photos"
    photos.mkdir()
    for path in PHOTOS.iterdir():
        if path.stat().st_size < LARGE:
            shutil.copy(path, photos)
    settings = {"LOUPE_WORKERS": "2", **watching(folder)}
    return folder, loupe("check", photos, "--json", cwd=folder, settings=settings, seconds=240)


def test_a_folder_gives_one_full_report_a_line_in_name_order(
    checked: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ended = checked
    found = reports(ended.stdout)
    names = sorted(path.name for path in (folder / "photos").iterdir())
    assert ended.returncode == 0, ended.stderr
    assert len(names) > 20
    assert [report["source"]["name"] for report in found] == names
    assert all(report.keys() >= KEYS for report in found)
    assert {report["state"] for report in found} <= {"done", "held", "rejected"}
    assert all(run["state"] in ("done", "skipped", "failed") for r in found for run in r["actors"].values())


def test_nobody_was_called_while_they_were_checked(
    checked: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    assert called(checked[0]) == []


def test_damaged_and_mislabelled_files_are_rejected_with_a_reason_in_the_order_given(tmp_path: Path) -> None:
    for name, (data, _) in FILES.items():
        (tmp_path / name).write_bytes(data)
    names = [*sorted(FILES, reverse=True), "good.jpg"]
    (tmp_path / "good.jpg").write_bytes(drawing("good"))
    ended = loupe("check", *names, "--json", cwd=tmp_path)
    found = reports(ended.stdout)
    assert ended.returncode == 0, ended.stderr
    assert [report["source"]["name"] for report in found] == names
    rejected = {r["source"]["name"]: r["reason"] for r in found if r["state"] == "rejected"}
    assert rejected.keys() >= FILES.keys() - {"cut.jpg", "big.jpg"}
    assert all(reason.strip() for reason in rejected.values())
    assert found[-1]["state"] == "done"


def test_only_runs_the_actor_that_was_named_and_those_it_builds_on(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(drawing())
    ended = loupe("check", "picture.jpg", "--only", "read_metadata", "--json", cwd=tmp_path)
    [report] = reports(ended.stdout)
    assert ended.returncode == 0
    assert set(report["actors"]) == {"accept_image", "read_metadata"}


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "missing.jpg"], ["check", ".", "--only", "paint"], ["paint"], ["status", "IMG-0"]],
)
def test_wrong_usage_ends_with_status_2_and_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    ended = loupe(*arguments, cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip()


def test_an_empty_folder_gives_no_line_and_status_0(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    ended = loupe("check", "nothing", "--json", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_a_run_that_breaks_is_parked_shown_and_replayed(tmp_path: Path) -> None:
    """A folder where the store keeps its originals makes every run of accept_image break."""
    (tmp_path / "picture.jpg").write_bytes(drawing())
    store = tmp_path / "data" / "store"
    store.parent.mkdir()
    store.write_text("not a folder")
    ended = loupe("check", "picture.jpg", "--json", cwd=tmp_path)
    [report] = reports(ended.stdout)
    assert ended.returncode == 1
    assert report["state"] == "failed"
    assert report["actors"]["accept_image"]["state"] == "failed"
    assert report["short"] in loupe("status", report["short"], cwd=tmp_path).stdout
    queue = json.loads(loupe("status", "--json", cwd=tmp_path).stdout)
    assert queue["parked"] == 1
    assert "loupe replay --parked" in loupe("status", cwd=tmp_path).stdout
    store.unlink()
    replayed = loupe("replay", "--parked", cwd=tmp_path)
    assert replayed.returncode == 0
    assert "accept_image" in replayed.stdout
    (tmp_path / "other.jpg").write_bytes(drawing("other"))
    for _ in range(
        10
    ):  # a check ends with its own picture, and leaves the other one's last steps to the next
        assert loupe("check", "other.jpg", cwd=tmp_path).returncode == 0
        state = json.loads(loupe("status", report["short"], "--json", cwd=tmp_path).stdout)["state"]
        if state != "waiting":
            break
    assert state == "done"


def test_checking_the_same_file_again_names_the_first_one(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(drawing())
    [first], [second] = (
        reports(loupe("check", "picture.jpg", "--json", cwd=tmp_path).stdout) for _ in range(2)
    )
    assert second["duplicate_of"]["id"] == first["id"]
    assert second["nudity_score"] == first["nudity_score"]


def test_the_doctor_is_content_on_this_machine(tmp_path: Path) -> None:
    ended = loupe("doctor", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert {"data folder", "ledger", "model", "actors", "slack"} <= {r["name"] for r in reports(ended.stdout)}


def test_the_flow_and_the_manifest_are_printed(tmp_path: Path) -> None:
    assert loupe("flow", cwd=tmp_path).stdout == flow(discover())
    manifest = json.loads(loupe("manifest", cwd=tmp_path).stdout)
    assert manifest["features"]["slash_commands"][0]["command"] == "/imgstatus"


def test_ctrl_c_while_checking_leaves_no_process_behind_and_no_traceback(tmp_path: Path) -> None:
    for n in range(40):
        (tmp_path / f"{n}.jpg").write_bytes(photo("face_recognition--two_people.jpg") + str(n).encode())
    process = subprocess.Popen(
        [*LOUPE, "check", ".", "--json"],
        cwd=tmp_path,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert process.stdout
    assert process.stdout.readline()
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Traceback" not in said
    until(lambda: not any(map(lives, family)), 5, "a worker outlives the command")
